"""How often somebody may guess slip numbers: only misses count, so a slip in the hand always opens."""

import ipaddress
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

PER_ADDRESS = 10  # misses in one minute; the eleventh look-up is refused
IN_ALL = 600  # misses of everybody in one minute; beyond it a single miss closes an address for that minute
KEPT = 120  # seconds a counter lives; its key names the minute


def neighbour_of(request: HttpRequest) -> str:
    """Stand for the visitor's address without keeping it: a digest of the IPv4 address or the IPv6 network."""
    address = get_adapter().get_client_ip(request)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        ip = None
    if isinstance(ip, ipaddress.IPv6Address):
        address = str(ipaddress.ip_network((ip, 64), strict=False))
    return salted_hmac("residents.misses", address).hexdigest()[:32]


def _keys(request: HttpRequest, at: datetime) -> tuple[str, str]:
    minute = int(at.timestamp() // 60)
    return f"misses:{minute}:{neighbour_of(request)}", f"misses:{minute}:all"


def too_many(request: HttpRequest, *, at: datetime) -> bool:
    """Whether this address has to wait before it may look up another number."""
    mine, everybody = _keys(request, at)
    counts = cache.get_many([mine, everybody])
    allowed = PER_ADDRESS if counts.get(everybody, 0) < IN_ALL else 1
    return bool(counts.get(mine, 0) >= allowed)


def count(request: HttpRequest, *, at: datetime) -> None:
    """Remember one look-up that found nothing."""
    for key in _keys(request, at):
        cache.add(key, 0, KEPT)
        try:
            cache.incr(key)
        except ValueError:  # the counter ran out between the two lines
            cache.set(key, 1, KEPT)
