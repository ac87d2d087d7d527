"""What a kind of post may do: the one table, and the standing it gives a person."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from wards.models import Post, Ward


class PostKind(models.TextChoices):
    """The kinds of post that a ward, or the province above it, has."""

    CHAIR = "chair", _("Chair of the People's Committee")
    SECRETARY = "secretary", _("Party Secretary")
    VICE_CHAIR = "vice_chair", _("Vice-Chair")
    COUNCIL = "council", _("People's Council")
    FRONT = "front", _("Fatherland Front")
    DIVISION_HEAD = "division_head", _("Head of division")
    OFFICER = "officer", _("Officer")
    POLICE = "police", _("Ward police")
    CLERK = "clerk", _("Office clerk")
    SCRIBE = "scribe", _("Scribe")
    NEIGHBOURHOOD_HEAD = "neighbourhood_head", _("Neighbourhood head")
    YOUTH = "youth", _("Youth volunteer")
    PROVINCE = "province", _("Province")
    ADMINISTRATOR = "administrator", _("Administrator")


class Permission(StrEnum):
    """Something a post may let its holder do, inside the post's own ward."""

    CAPTURE = "capture"  # write down concerns at a table
    READ_WARD = "read_ward"  # every matter of the ward that is not confidential
    READ_OFFICE = "read_office"  # the matters of one's own office
    READ_NEIGHBOURHOOD = "read_neighbourhood"  # the matters of one's own neighbourhood
    OWN = "own"  # be the owner of a ticket and work on it
    TRIAGE = "triage"  # the clerk's verbs on every ticket of the ward
    LEAD = "lead"  # dashboards of the ward, promises at a table
    READ_CONTACTS = "read_contacts"  # telephone and address of residents, each reading logged
    READ_MESSAGES = "read_messages"  # what was planned, sent, failed and why
    ADMINISTER = "administer"  # people, posts, calendars, categories
    OVERSEE = "oversee"  # what wards of the province passed up


P = Permission
_LEADER = frozenset({P.READ_WARD, P.OWN, P.LEAD, P.CAPTURE})

MAY: dict[str, frozenset[Permission]] = {
    PostKind.CHAIR: _LEADER | {P.READ_CONTACTS},
    PostKind.SECRETARY: _LEADER,
    PostKind.VICE_CHAIR: _LEADER,
    PostKind.COUNCIL: _LEADER,
    PostKind.FRONT: _LEADER,
    PostKind.DIVISION_HEAD: frozenset({P.READ_OFFICE, P.OWN, P.LEAD, P.CAPTURE, P.READ_CONTACTS}),
    PostKind.OFFICER: frozenset({P.READ_OFFICE, P.OWN, P.CAPTURE, P.READ_CONTACTS}),
    PostKind.POLICE: frozenset({P.READ_OFFICE, P.OWN, P.CAPTURE, P.READ_CONTACTS}),
    PostKind.CLERK: frozenset({P.READ_WARD, P.OWN, P.TRIAGE, P.CAPTURE, P.READ_CONTACTS, P.LEAD}),
    PostKind.SCRIBE: frozenset({P.CAPTURE}),
    PostKind.NEIGHBOURHOOD_HEAD: frozenset({P.READ_NEIGHBOURHOOD, P.CAPTURE}),
    PostKind.YOUTH: frozenset({P.CAPTURE}),
    PostKind.PROVINCE: frozenset({P.OVERSEE, P.OWN}),
    PostKind.ADMINISTRATOR: frozenset({P.READ_MESSAGES, P.ADMINISTER}),
}


class Standing:
    """What one person may do at one moment: the posts the person answers for, and nothing else."""

    def __init__(self, posts: Iterable["Post"]) -> None:
        self.posts = list(posts)

    def __bool__(self) -> bool:
        return bool(self.posts)

    @property
    def ward(self) -> "Ward | None":
        """The ward of the first post that has one: where the person's pages open."""
        return next((post.office.ward for post in self.posts if post.office.ward_id), None)

    @property
    def wards(self) -> list["Ward"]:
        return list(
            {post.office.ward_id: post.office.ward for post in self.posts if post.office.ward}.values()
        )

    def posts_that_may(self, permission: Permission | str, ward: "Ward | None" = None) -> list["Post"]:
        """The posts that give this permission, in `ward` if one is given."""
        return [
            post
            for post in self.posts
            if permission in MAY[post.kind] and (ward is None or post.office.ward_id == ward.pk)
        ]

    def may(self, permission: Permission | str, ward: "Ward | None" = None) -> bool:
        return bool(self.posts_that_may(permission, ward))

    def ward_ids(self, permission: Permission | str) -> set[int]:
        """The wards in which this permission is held."""
        return {post.office.ward_id for post in self.posts_that_may(permission) if post.office.ward_id}

    def holds(self, post: "Post | int | None") -> bool:
        """Whether the person answers for this post now."""
        pk = post if isinstance(post, int) else post.pk if post else None
        return any(mine.pk == pk for mine in self.posts)
