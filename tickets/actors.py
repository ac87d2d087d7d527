"""Who takes a step: staff acting for a post, a resident with a slip, an outside body, or the clock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models import Slip
from tickets.lifecycle import Role
from wards.access import Permission
from wards.models import Body, Post, User

if TYPE_CHECKING:
    from tickets.models import Ticket


class ActorKind(models.TextChoices):
    """The four who can act, and the import that replays what they once did."""

    STAFF = "staff", _("Staff")
    RESIDENT = "resident", _("Resident")
    BODY = "body", _("Outside body")
    CLOCK = "clock", _("The clock")
    IMPORT = "import", _("Import")


@dataclass(frozen=True)
class Actor:
    """The one behind a step; exactly the fields of its kind are set."""

    kind: ActorKind
    user: User | None = None
    post: Post | None = None
    slip: Slip | None = None
    body: Body | None = None
    quiet: bool = False  # replays the past: nobody is written to, no reminder is planned

    @classmethod
    def staff(cls, user: User, post: Post, *, quiet: bool = False) -> Self:
        return cls(ActorKind.STAFF, user=user, post=post, quiet=quiet)

    @classmethod
    def resident(cls, slip: Slip | None, *, quiet: bool = False) -> Self:
        return cls(ActorKind.RESIDENT, slip=slip, quiet=quiet)

    @classmethod
    def clock(cls, *, quiet: bool = False) -> Self:
        return cls(ActorKind.CLOCK, quiet=quiet)

    @classmethod
    def importer(cls) -> Self:
        """Replays what happened elsewhere: every step is open to it."""
        return cls(ActorKind.IMPORT, quiet=True)

    @property
    def is_import(self) -> bool:
        return self.kind == ActorKind.IMPORT

    @classmethod
    def on(cls, user: User, ticket: "Ticket") -> Self | None:
        """`user` acting on `ticket` for the post that stands nearest to it; None for somebody without a post."""
        nearest: list[int] = [ticket.owner_id, *(post.pk for post in ticket.owner.superiors())]
        posts = {post.pk: post for post in user.standing.posts}
        for pk in nearest:
            if pk in posts:
                return cls.staff(user, posts[pk])
        promised = set(ticket.promises.values_list("post_id", flat=True)) & posts.keys()
        if promised:
            return cls.staff(user, posts[min(promised)])
        clerks = user.standing.posts_that_may(Permission.TRIAGE, ticket.ward)
        for post in [*clerks, *user.standing.posts]:
            return cls.staff(user, post)
        return None

    def roles_on(self, ticket: "Ticket") -> frozenset[Role]:
        """How this actor stands to `ticket`. An import may do everything: it only repeats what was done."""
        match self.kind:
            case ActorKind.IMPORT:
                return frozenset(Role)
            case ActorKind.CLOCK:
                return frozenset({Role.CLOCK})
            case ActorKind.RESIDENT:
                return frozenset({Role.RESIDENT})
            case ActorKind.BODY:
                return frozenset()
        roles = {Role.READER}
        assert self.user is not None
        standing = self.user.standing
        if standing.holds(ticket.owner_id) or any(
            standing.holds(promise.post_id) for promise in ticket.promises.all()
        ):
            roles.add(Role.OWNER)
        if any(standing.holds(post) for post in ticket.owner.superiors()):
            roles.add(Role.SUPERIOR)
        if standing.may(Permission.TRIAGE, ticket.ward):
            roles.add(Role.CLERK)
        return frozenset(roles)
