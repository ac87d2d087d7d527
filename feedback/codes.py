"""Slip codes: eleven random digits and a check digit, as a 70-year-old can read them out."""

import secrets
import unicodedata

from django.utils.translation import gettext as _

LENGTH = 12

# Damm's quasigroup of order 10 (H. M. Damm, 2004): finds every single wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class Mistyped(ValueError):
    """A code that no slip can carry; no look-up is needed to know it."""


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a valid code when put behind them."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def new_code() -> str:
    """A fresh 12-digit code. Ten to the eleventh are possible; a clash is caught by the unique key."""
    body = "".join(secrets.choice("0123456789") for _position in range(LENGTH - 1))
    return body + check_digit(body)


def normalise(typed: str) -> str:
    """The 12 digits somebody typed: spaces, dots and dashes dropped, full-width and Arabic digits read.

    Raises Mistyped, with a sentence for the resident, when the length or the check digit is wrong.
    """
    digits = "".join(
        str(unicodedata.digit(char)) for char in typed[:100] if unicodedata.digit(char, None) is not None
    )
    strays = [
        c
        for c in typed[:100]
        if unicodedata.digit(c, None) is None and not c.isspace() and c not in ".-–—_·/"
    ]
    if strays or len(typed) > 100 or len(digits) != LENGTH:
        raise Mistyped(_("A slip number has 12 digits. Please look at your slip once more."))
    if check_digit(digits[:-1]) != digits[-1]:
        raise Mistyped(_("One digit seems mistyped. Please compare with your slip."))
    return digits
