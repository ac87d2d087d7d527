"""What every bench needs: the servers of bin/_house.py and the one line at its end."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bin")]
sys.dont_write_bytecode = True

import _house

servers = _house.servers


def report(name: str, figure: float, unit: str, goal: float, *, less_is_better: bool = False) -> bool:
    """Print `NAME: figure unit (goal G) ok|short`; True when the goal is met."""
    met = figure <= goal if less_is_better else figure >= goal
    print(
        f"{name}: {float(f'{figure:.4g}'):.15g} {unit} (goal {goal:g}) {'ok' if met else 'short'}", flush=True
    )
    return met
