"""Every visible text has its words: what the code says is in each catalogue, translated, and compiled as written.

Works without gettext's programs. Exits with 1 and one line per gap.
"""

import ast
import gettext
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LANGUAGES = ("vi", "id")
ROOMS = [
    "wards",
    "outbox",
    "sessions_app",
    "feedback",
    "tickets",
    "intake",
    "residents",
    "dashboards",
    "papers",
    "kopi",
    "templates",
]  # where visible text is
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop", "N_"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}

Entry = dict[str, object]


def said_in_python(source: str) -> set[tuple[str, str]]:
    """Every (context, text) that Python code marks for translation."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        words = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if name in PLAIN | PLURAL and words:
            found.add(("", words[0]))
        elif name in CONTEXT | CONTEXT_PLURAL and len(words) > 1:
            found.add((words[0], words[1]))
    return found


def said_in_template(source: str) -> set[tuple[str, str]]:
    """Every (context, text) that a template marks for translation."""
    from django.utils.translation.template import templatize

    found = set()
    # templatize() writes calls among filler; each call stands alone and parses alone.
    quoted = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    pattern = rf"\b(n?p?gettext|_)\(((?:\s*(?:{quoted})\s*,?)+)[^()]*\)"
    for call in re.finditer(pattern, templatize(source)):
        words = [ast.literal_eval(word.lstrip("u")) for word in re.findall(quoted, call[2])]
        with_context = "p" in call[1].replace("gettext", "")
        found.add((words[0], words[1]) if with_context else ("", words[0]))
    return found


def everything_said() -> set[tuple[str, str]]:
    said: set[tuple[str, str]] = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                said |= said_in_python(path.read_text())
            elif path.suffix in (".html", ".txt") and room == "templates":
                said |= said_in_template(path.read_text())
    return {(context, text) for context, text in said if text}


def catalogue(path: Path) -> tuple[dict[tuple[str, str], list[str]], list[str]]:
    """A .po file as {(context, text): translations}, and what is marked fuzzy in it."""
    entries: dict[tuple[str, str], list[str]] = {}
    fuzzy: list[str] = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            match = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$', line)
            if match:
                key, text = match[1], match[2]
                parts[key] = ""
            else:
                text = line
            if key and text.strip():
                parts[key] += ast.literal_eval(text.strip())
        if "msgid" not in parts or not parts["msgid"]:
            continue
        name = (parts.get("msgctxt", ""), parts["msgid"])
        entries[name] = [text for part, text in parts.items() if part.startswith("msgstr")]
        if re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE):
            fuzzy.append(parts["msgid"])
    return entries, fuzzy


def compiled(path: Path) -> dict[tuple[str, str], list[str]]:
    """A .mo file in the same shape."""
    with open(path, "rb") as file:
        raw = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    found: dict[tuple[str, str], list[str]] = {}
    for key, text in raw.items():
        name = key[0] if isinstance(key, tuple) else key
        context, _, words = name.rpartition("\x04")
        if words:
            found.setdefault((context, words), []).append(text)
    return found


def gaps() -> list[str]:
    """One line for each text without its words."""
    said = everything_said()
    found = []
    for language in LANGUAGES:
        path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
        if not path.exists():
            found.append(f"{language}: there is no {path.relative_to(ROOT)}")
            continue
        entries, _ = catalogue(path)
        found += [f"{language}: not in django.po: {text!r}" for _, text in sorted(said - set(entries))]
    for path in sorted((ROOT / "locale").glob("**/LC_MESSAGES/*.po")):
        entries, fuzzy = catalogue(path)
        where = path.relative_to(ROOT)
        found += [f"{where}: fuzzy: {text!r}" for text in fuzzy]
        found += [f"{where}: no words for {name[1]!r}" for name, texts in entries.items() if not all(texts)]
        found += [
            f"{where}: other placeholders in {name[1]!r}"
            for name, texts in entries.items()
            if odd(name[1], texts)
        ]
        mo = path.with_suffix(".mo")
        if not mo.exists() or compiled(mo) != {name: texts for name, texts in entries.items() if any(texts)}:
            found.append(f"{mo.relative_to(ROOT)}: not compiled from its .po (manage.py compilemessages)")
    return found


def odd(text: str, translations: list[str]) -> bool:
    """True if a translation names a placeholder that its text does not have, or leaves one out."""
    names = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
    wanted = set(names.findall(text))
    return any(set(names.findall(translated)) - wanted for translated in translations) or (
        len(translations) == 1 and bool(translations[0]) and set(names.findall(translations[0])) != wanted
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kopi.settings")
    from django.conf import settings

    _ = settings.USE_I18N
    lines = gaps()
    print("\n".join(lines[:200]))
    sys.exit(1 if lines else 0)
