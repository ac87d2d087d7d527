"""Photos rebuilt from their pixels: position, camera, comments and anything hidden behind them stay outside."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from uuid6 import uuid7

from feedback.models import FeedbackItem, Photo
from wards.models import Ward

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600  # pixels: enough to see a bulb, small enough for a patchy network
PER_ITEM = 10
FORMATS = ["JPEG", "PNG", "WEBP"]


class PictureRefused(ValueError):
    """A file that is no photo Kopi takes. `status` is the HTTP status that says so; the text is for people."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Picture:
    """A clean JPEG and the SHA-256 of what was uploaded."""

    content: bytes
    sha256: str
    width: int
    height: int


def rebuild(upload: IO[bytes]) -> Picture:
    """Read an upload and draw it anew as JPEG, upright, at most 1600 px; nothing but pixels survives.

    Raises PictureRefused with 413 (too large), 415 (no JPEG, PNG or WebP) or 400 (broken, too many pixels).
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureRefused(_("The photo is larger than 25 MB."), 413)
    try:
        image: Any = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PictureRefused(_("Only photos in JPEG, PNG or WebP can be taken."), 415) from error
    except Exception as error:
        raise PictureRefused(_("The photo is damaged."), 400) from error
    if image.width * image.height > MAX_PIXELS:
        raise PictureRefused(_("The photo has too many pixels (more than 40 million)."), 400)
    try:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode in {"RGBA", "LA", "P", "PA"}:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            white.alpha_composite(image)
            image = white
        image = image.convert("RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    except Exception as error:
        raise PictureRefused(_("The photo is damaged."), 400) from error
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return Picture(out.getvalue(), hashlib.sha256(data).hexdigest(), clean.width, clean.height)


def keep(picture: Picture, *, ward: Ward, at: datetime, item: FeedbackItem | None = None) -> Photo:
    """Store a picture under a random name. The same picture of the same item is kept once."""
    if item is not None:
        kept = Photo.objects.filter(item=item, sha256=picture.sha256).first()
        if kept is not None:
            return kept
        if item.photos.count() >= PER_ITEM:
            raise PictureRefused(_("A concern carries at most 10 photos."), 400)
    photo = Photo(
        ward=ward, item=item, sha256=picture.sha256, width=picture.width, height=picture.height, added_at=at
    )
    photo.file.save(f"{uuid7()}.jpg", ContentFile(picture.content), save=False)
    photo.save()
    return photo
