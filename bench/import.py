"""Rows per second of the import on PostgreSQL: 19,999 real requests of Los Angeles, every verb replayed."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _bench import ROOT, _house, report

FILES = ("la311_2017_dec.csv.gz", "la311_2018_jan.csv.gz")


def manage(words: list[str], variables: dict[str, str]) -> str:
    """What manage.py prints; its bar goes to the terminal. Ends the bench if it fails."""
    command = [_house.PYTHON, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"manage.py {words[0]} failed:\n{done.stdout}")
    return done.stdout


def main() -> int:
    folder = Path(os.environ.get("KOPI_SHARED") or ROOT.parent / "shared") / "data" / "civic-la311"
    files = [str(folder / name) for name in FILES]
    if missing := [path for path in files if not Path(path).exists()]:
        print(f"import: not measured, {missing[0]} is absent (KOPI_SHARED names the folder above data/)")
        return 0
    if _house.postgres_folder() is None:
        print("import: not measured, PostgreSQL is absent (apt install postgresql)")
        return 0
    with tempfile.TemporaryDirectory(prefix="kopi-import-") as data, _house.postgres() as database:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("KOPI_")}
        variables = plain | {
            "KOPI_DATA": data,
            "KOPI_DEMO": "1",
            "KOPI_ENV_FILE": os.devnull,
            "DATABASE_URL": database,
        }
        manage(["migrate", "-v0"], variables)
        bring = ["import_reports", *files, "--mapping", "la311"]
        began = time.monotonic()
        first = manage(bring, variables)
        seconds = time.monotonic() - began
        print(first, end="")
        again = manage(bring, variables).splitlines()[-1]
        print(f"again: {again}")
        print(manage(["check_invariants"], variables), end="")
    rows, new = (int(number) for number in re.findall(r"^rows (\d+) .* new (\d+)$", first, re.M)[0])
    return 0 if report("import", rows / seconds, "rows/s", 200) and new and again.endswith(" new 0") else 1


if __name__ == "__main__":
    sys.exit(main())
