"""The kinds of request a view may count on."""

from django.http import HttpRequest

from wards.models import User


class KopiRequest(HttpRequest):
    """A request of somebody who signed in: what `login_required` lets through."""

    user: User
