"""Which post answers for a matter, until when, and why. Nothing falls between: the ward's inbox takes the rest."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from feedback.models import Category
from tickets.lifecycle import StepRefused
from tickets.models import Promise, RoutingRule, Ticket
from wards.access import MAY, Permission, PostKind
from wards.models import Appointment, Neighbourhood, Office, Post, Ward
from wards.workdays import calendar_of

DEFAULT_DAYS = 10  # working days for a matter without a category


@dataclass(frozen=True)
class Route:
    """The post that answers, and the stored reason: {"by": rule|category|inbox|conduct, …}."""

    post: Post
    reason: dict[str, Any] = field(default_factory=dict)


class _Memory:
    """Routes by their question, and every post and office in them as one object: its calendar is read once."""

    def __init__(self) -> None:
        self.routes: dict[Hashable, Route] = {}
        self.posts: dict[int, Post] = {}
        self.offices: dict[int, Office] = {}
        self.local: dict[int, bool] = {}

    def is_local(self, ward: Ward) -> bool:
        """Whether any rule or post of the ward knows a neighbourhood; where none does, all are alike."""
        if ward.pk not in self.local:
            rules = RoutingRule.objects.filter(ward=ward, neighbourhood__isnull=False)
            posts = Post.objects.filter(office__ward=ward, neighbourhood__isnull=False)
            self.local[ward.pk] = rules.exists() or posts.exists()
        return self.local[ward.pk]

    def keep(self, question: Hashable, route: Route) -> Route:
        post = self.posts.setdefault(route.post.pk, route.post)
        post.office = self.offices.setdefault(post.office_id, post.office)
        self.routes[question] = replace(route, post=post)
        return self.routes[question]


_memory: ContextVar[_Memory | None] = ContextVar("routes", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Inside, each question is looked up once: an import asks the same few of thousands of rows."""
    token = _memory.set(_Memory())
    try:
        yield
    finally:
        _memory.reset(token)


def _once(question: Hashable, look_up: Callable[[], Route]) -> Route:
    memory = _memory.get()
    if memory is None:
        return look_up()
    return memory.routes.get(question) or memory.keep(question, look_up())


def answerable(
    ward: Ward,
    category: Category | None,
    neighbourhood: Neighbourhood | None,
    *,
    about: Appointment | None = None,
) -> Route:
    """The post that answers for a matter of `category` in `neighbourhood`; the first rule that fits wins.

    Raises StepRefused only for a ward without any post that could own a ticket.
    """
    memory = _memory.get()
    if memory and not memory.is_local(ward):
        neighbourhood = None
    question = (ward.pk, category, neighbourhood, about)
    return _once(question, lambda: _answerable(ward, category, neighbourhood, about))


def _answerable(
    ward: Ward, category: Category | None, neighbourhood: Neighbourhood | None, about: Appointment | None
) -> Route:
    if category and category.confidential:
        return _conduct(ward, about)
    if category:
        rules = RoutingRule.objects.filter(
            Q(category=category) | Q(category__isnull=True),
            Q(neighbourhood=neighbourhood) | Q(neighbourhood__isnull=True),
            ward=ward,
        ).select_related("office__ward", "post__office__ward", "post__superior")
        for rule in rules:
            post = rule.post or (receiver(rule.office, neighbourhood) if rule.office else None)
            if post:
                return Route(post, {"by": "rule", "rule": rule.pk, "office": post.office.name})
        for office in Office.objects.filter(ward=ward, kind=category.office_kind).select_related("ward"):
            post = receiver(office, neighbourhood)
            if post:
                return Route(post, {"by": "category", "category": category.code, "office": office.name})
    return inbox(ward)


def inbox(ward: Ward) -> Route:
    """The post that owns whatever no rule takes."""
    return _once(ward.pk, lambda: _inbox(ward))


def _inbox(ward: Ward) -> Route:
    posts = Post.objects.select_related("office__ward", "superior")
    post = posts.filter(inbox_of=ward).first() or _first(
        posts.filter(office__ward=ward), [PostKind.CLERK, PostKind.CHAIR, PostKind.VICE_CHAIR]
    )
    if post is None:
        raise StepRefused(_("This ward has no post yet that could take the matter. Please set up its inbox."))
    return Route(post, {"by": "inbox"})


def receiver(office: Office, neighbourhood: Neighbourhood | None) -> Post | None:
    """The post of `office` that takes matters of `neighbourhood`: its own officer there, else the head, else any."""
    owning = [kind for kind, may in MAY.items() if Permission.OWN in may]
    posts = Post.objects.filter(office=office, kind__in=owning).select_related("office__ward", "superior")
    if neighbourhood:
        local = posts.filter(neighbourhood=neighbourhood).first()
        if local:
            return local
    return _first(posts, [PostKind.DIVISION_HEAD, PostKind.POLICE, PostKind.OFFICER, *owning])


def _first(posts: Any, kinds: Iterable[str]) -> Post | None:
    """The first post whose kind comes first in `kinds`, without a neighbourhood before those with one."""
    found = {post.kind: post for post in posts.order_by(F("neighbourhood").desc(nulls_last=True), "-pk")}
    return next((found[kind] for kind in kinds if kind in found), None)


def _conduct(ward: Ward, about: Appointment | None) -> Route:
    """A matter about a person goes to the Chair; about the Chair to the province."""
    posts = Post.objects.select_related("office__ward", "superior")
    chair = posts.filter(office__ward=ward, kind=PostKind.CHAIR).first()
    if chair is None or (about and about.post_id == chair.pk):
        province = posts.filter(office__province=ward.province, kind=PostKind.PROVINCE).first()
        chair = province or chair
    return Route(chair, {"by": "conduct"}) if chair else inbox(ward)


def due_at(
    ward: Ward, post: Post, category: Category | None, at: datetime, promises: Iterable[Promise] = ()
) -> datetime:
    """The end of the due day: the earlier of the service time and the first promise."""
    calendar = calendar_of(post.office)
    service = calendar.due(at, category.days if category else DEFAULT_DAYS)
    return min([service, *(calendar.end_of(promise.original_due) for promise in promises)])


def explain(ticket: Ticket) -> str:
    """Why this post owns the ticket, as a sentence in the reader's language."""
    reason = ticket.route
    match reason.get("by"):
        case "rule":
            return _("A rule of the ward gives this to %(office)s.") % {"office": reason.get("office", "")}
        case "category":
            return _("%(office)s answers for “%(category)s”.") % {
                "office": reason.get("office", ""),
                "category": ticket.category.name if ticket.category else "",
            }
        case "conduct":
            return _("Matters about a person are confidential and go to the post above.")
        case "hand":
            return _("Assigned by hand.")
        case "escalated":
            return _("Handed up to the superior.")
    return _("No rule took it, so the ward's inbox owns it.")
