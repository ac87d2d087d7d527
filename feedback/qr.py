"""The QR code of a slip: its address, and its drawing."""

import segno
from django.conf import settings

from feedback.models import Slip


def address(slip: Slip) -> str:
    """Where the QR code leads: the resident's page, opened by the slip's token."""
    return f"{settings.PUBLIC_URL}/p/{slip.token}/"


def drawing(slip: Slip) -> str:
    """The QR code as the source of an <img>: an SVG inside a data: address, with its quiet zone."""
    return segno.make(address(slip), error="m", micro=False).svg_data_uri(border=4, scale=4, dark="#1d120a")
