"""Photos for staff: whoever may read the matter may see its pictures."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from feedback.models import FeedbackItem, Photo
from intake.capturing import recorded_by
from tickets.models import Evidence, Ticket
from wards.models import User
from wards.requests import KopiRequest


def may_see(photo: Photo, user: User) -> bool:
    """Whether `user` reads the item, the ticket it raised, or the ticket whose result the photo proves."""
    if photo.item_id:
        if FeedbackItem.objects.visible_to(user).filter(pk=photo.item_id).exists():
            return True
        if recorded_by(user, timezone.now()).filter(pk=photo.item_id).exists():
            return True
        if Ticket.objects.visible_to(user).filter(raisings__item=photo.item_id).exists():
            return True
    proved = Evidence.objects.filter(photo=photo).values("event__ticket")
    return Ticket.objects.visible_to(user).filter(pk__in=proved).exists()


@login_required
@require_safe
def photo(request: KopiRequest, uuid: UUID) -> HttpResponseBase:
    """One picture; 404 for everybody who may not read the matter behind it."""
    found = Photo.objects.filter(uuid=uuid).first()
    if found is None or not may_see(found, request.user):
        raise Http404
    try:
        file = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/jpeg", filename=f"{found.uuid}.jpg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
