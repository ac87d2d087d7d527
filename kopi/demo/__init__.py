"""The demo: Bình Dương ward with invented people, so that a newcomer sees the house with its main job running."""

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

DOMAIN = "kopi.example"
PASSWORD = "ca-phe-sang"  # everybody's, and only in the demo


@dataclass(frozen=True)
class Account:
    """A sign-in of the demo: who it is, and what is worth trying there."""

    email: str
    password: str
    title: LazyText | str
    what: LazyText | str


@dataclass(frozen=True)
class SampleSlip:
    """A slip worth opening: its twelve digits, and what one sees."""

    code: str
    what: LazyText | str


def accounts() -> list[Account]:
    """Whom a newcomer may sign in as, the most telling first."""
    rows = [
        ("thuky01", _("Scribe"), _("Write down a concern at today's coffee table and hand out the slip.")),
        ("chutich", _("Chair"), _("See what you promised, what is late, and how the ward is doing.")),
        ("hatang", _("Officer for roads and lights"), _("Work on your tickets: start, answer, report done.")),
        ("vanphong", _("Office clerk"), _("Sort what came in, and give each matter to the right post.")),
        ("kinhte", _("Head of division"), _("See what your division owes, and sign a decline.")),
        ("bithu", _("Party Secretary"), _("Look over the whole ward, and what is raised again and again.")),
        ("khupho05", _("Neighbourhood head"), _("Follow the open matters of your own streets.")),
        ("canhsat1", _("Ward police"), _("Look after noise and security.")),
        ("quantri", _("Administrator"), _("Read every message that was planned or sent, and why.")),
        ("thanhpho", _("Province"), _("See what the ward passed up, and how old it is.")),
    ]
    return [Account(f"{mail}@{DOMAIN}", PASSWORD, title, what) for mail, title, what in rows]


def sample_slips() -> list[SampleSlip]:
    """Slips for the landing page; empty while the demo is still being built."""
    from kopi.demo import samples

    return samples.slips()
