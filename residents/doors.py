"""The two doors to a slip's page: the number somebody typed, and the token in the QR code."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from feedback import codes
from feedback.models import Slip
from residents import misses


class NoSuchSlip(Exception):
    """Unknown, revoked or not handed out yet: the three look the same from outside."""


class TooManyMisses(Exception):
    """This address guessed too often in the last minute."""


@dataclass(frozen=True)
class Door:
    """A slip, and by which door its page was entered. The QR opens more: own words, a photo."""

    slip: Slip
    by_token: bool

    def url(self, name: str = "") -> str:
        """The slip's page by this door, or the address of one of its verbs."""
        kind, key = ("token", self.slip.token) if self.by_token else ("slip", self.slip.code)
        if not name:
            return reverse("slip_token" if self.by_token else "slip_status", args=[key])
        return reverse(f"{kind}_{name}", args=[key])


def _slips() -> QuerySet[Slip]:
    return Slip.objects.filter(revoked_at__isnull=True, item__isnull=False).select_related(
        "item__ward", "item__category", "item__neighbourhood", "item__table__session__neighbourhood"
    )


def by_code(request: HttpRequest, typed: str, *, at: datetime) -> Door:
    """Find the slip of a typed number.

    Raises codes.Mistyped without looking anything up, TooManyMisses, and NoSuchSlip, which counts as a miss.
    """
    code = codes.normalise(typed)
    if misses.too_many(request, at=at):
        raise TooManyMisses
    slip = _slips().filter(code=code).first()
    if slip is None:
        misses.count(request, at=at)
        raise NoSuchSlip
    return Door(slip, by_token=False)


def by_token(token: str) -> Door:
    """Find the slip of a scanned QR code. 128 random bits need no limit. Raises NoSuchSlip."""
    slip = _slips().filter(token=token).first() if "\0" not in token else None
    if slip is None:
        raise NoSuchSlip
    return Door(slip, by_token=True)
