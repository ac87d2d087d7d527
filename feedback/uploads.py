"""A form field for photos: each is drawn anew at once, so that nothing but clean pictures leaves the form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from feedback import pictures
from feedback.pictures import Picture, PictureRefused


class PhotosInput(forms.FileInput):
    """Several photos; a phone opens its camera."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        accept = ",".join(f"image/{name.lower()}" for name in pictures.FORMATS)
        super().__init__({"accept": accept, "multiple": True, "capture": "environment"} | (attrs or {}))


class PhotosField(forms.FileField):
    """Up to ten photos as clean pictures.

    A refused one raises ValidationError; its `params["status"]` is the HTTP status that says why: 400, 413, 415.
    """

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:
        uploads: Sequence[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > pictures.PER_ITEM:
            raise ValidationError(_("A concern carries at most 10 photos."), params={"status": 400})
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"])
        found = []
        for upload in uploads:
            try:
                found.append(pictures.rebuild(upload))
            except PictureRefused as refused:
                raise ValidationError(
                    _("%(why)s Your words are still here; please choose the photos again."),
                    params={"why": refused, "status": refused.status},
                ) from refused
        return found
