"""Taking names, telephone numbers and addresses of residents out of what staff wrote, before anybody reads it."""

import re
import unicodedata
from collections.abc import Iterable

HIDDEN = "…"
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\d)(?:\+?84|\+?62|0)(?:[\s.\-]?\d){8,12}(?!\d)")


def _of_name(name: str) -> str:
    """A pattern for a full name; a single short one would also hide ordinary words."""
    parts = name.split()
    if len(parts) < 2 and len(name) < 5:
        return ""
    return r"(?<!\w)" + r"\s+".join(re.escape(part) for part in parts) + r"(?!\w)"


def _of_phone(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)[-9:]
    return r"\+?\d{0,3}[\s.\-]?" + r"[\s.\-]?".join(digits) if len(digits) >= 7 else ""


class Veil:
    """Hides what residents of one matter told about themselves, however it got into a text."""

    def __init__(self, contacts: Iterable[tuple[str, str, str]]) -> None:
        """`contacts` are (name, phone, email), any of them empty."""
        patterns = []
        for name, phone, email in contacts:
            patterns += [
                _of_name(unicodedata.normalize("NFC", name)),
                _of_phone(phone),
                re.escape(email) if email else "",
            ]
        found = [pattern for pattern in patterns if pattern]
        self._known = re.compile("|".join(found), re.IGNORECASE) if found else None

    def over(self, text: str) -> str:
        """The text without the contacts of this matter."""
        text = unicodedata.normalize("NFC", text)
        return self._known.sub(HIDDEN, text) if self._known else text

    def over_title(self, text: str) -> str:
        """A title besides carries no telephone number and no address of anybody."""
        return NUMBER.sub(HIDDEN, MAIL.sub(HIDDEN, self.over(text))).strip()
