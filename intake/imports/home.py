"""The ward an import lands in: found by its code, or made from the mapping with as little as leaves nothing ownerless."""

from datetime import datetime
from typing import Any

from django.db import transaction

from feedback.models import Category
from intake.imports.mapping import Meaning, WrongMapping
from wards.models import Appointment, Office, Post, Province, User, Ward


def find(meaning: Meaning, code: str) -> Ward:
    """The ward with this code."""
    ward = Ward.objects.filter(code=code).select_related("inbox__office").first()
    if ward is None:
        raise WrongMapping(f"There is no ward {code}.")
    return ward


@transaction.atomic
def make(meaning: Meaning, *, at: datetime) -> Ward:
    """The mapping's own ward. What is there already stays as somebody may have changed it."""
    plan = meaning.ward
    if not plan:
        raise WrongMapping(f"The mapping {meaning.name} brings no ward along: please name one with --ward.")
    try:
        return _make(plan, at)
    except KeyError as error:
        raise WrongMapping(f"The ward of the mapping {meaning.name} lacks {error}.") from error


def _make(plan: dict[str, Any], at: datetime) -> Ward:
    province, _new = Province.objects.get_or_create(
        code=plan["province"]["code"],
        defaults={"name": plan["province"]["name"], "country": plan["preset"]},
    )
    ward, _new = Ward.objects.get_or_create(
        code=plan["code"],
        defaults={
            "number_prefix": plan["number_prefix"],
            "name": plan["name"],
            "province": province,
            "time_zone": plan["time_zone"],
            "language": plan["language"],
            "preset": plan["preset"],
        },
    )
    posts = _posts(plan, ward)
    if ward.inbox is None:
        ward.inbox = posts[plan["inbox"]]
        ward.save(update_fields=["inbox"])
    if ward.inbox.answers_at(at) is None:
        # Somebody has to answer for what is still open; nobody can sign in to this account before it gets a password.
        holder, _new = User.objects.get_or_create(
            email=plan["holder"]["email"],
            defaults={"full_name": plan["holder"]["name"], "language": plan["language"], "password": "!"},
        )
        Appointment.objects.create(user=holder, post=ward.inbox, since=at)
    for row in plan.get("categories", []):
        Category.objects.get_or_create(
            ward=ward, code=row["code"], defaults={**row, "preset": plan["preset"]}
        )
    return ward


def _posts(plan: dict[str, Any], ward: Ward) -> dict[str, Post]:
    """The posts of the mapping's offices by their kind, superiors first."""
    posts: dict[str, Post] = {}
    for office_row in plan["offices"]:
        office, _new = Office.objects.get_or_create(
            ward=ward, kind=office_row["kind"], defaults={"name": office_row["name"]}
        )
        for row in office_row["posts"]:
            superior = posts[row["superior"]] if "superior" in row else None
            posts[row["kind"]], _new = Post.objects.get_or_create(
                office=office,
                kind=row["kind"],
                defaults={"title": row["title"], "superior": superior},
            )
    return posts
