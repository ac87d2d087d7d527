"""What each figure is called on the page that opens it: a title and a sentence that says what is counted."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TITLES: dict[str, tuple[str | LazyText, str | LazyText]] = {
    "received": (_("Received"), _("Everything residents said in this time, thanks included.")),
    "on_the_spot": (_("Settled at the table"), _("Answered, fixed or advised while the resident sat there.")),
    "fixed": (
        _("Fixed at the table"),
        _("Of what was settled at the table: what was mended, not only explained."),
    ),
    "disputed": (
        _("Settled, but residents disagree"),
        _("The table called it settled; the resident says it is not. Each one opened a ticket."),
    ),
    "promises": (_("All promises"), _("Promises whose first date lies in this time, and those not due yet.")),
    "passed": (_("Promises whose date is over"), _("Of these, the kept ones are counted.")),
    "kept": (
        _("Promises kept"),
        _(
            "Done by the first date, and a resident confirmed it or nobody objected for 14 days after being told."
        ),
    ),
    "by_clerk": (
        _("Confirmed by the clerk"),
        _("Done in time; a clerk confirmed it on the resident's word."),
    ),
    "silence_runs": (_("Done in time, 14 days not over"), _("Residents were told and may still object.")),
    "nobody_told": (
        _("Done in time, nobody told"),
        _("As long as no resident knows of it, it does not count as kept."),
    ),
    "late": (_("Done, but late"), _("The result came after the first date that was promised.")),
    "no_result": (
        _("Date over, no result"),
        _("Still open, declined, or sent to another procedure."),
    ),
    "not_due": (_("Not due yet"), _("The first date that was promised is today or later.")),
    "open": (_("Open matters"), _("Tickets without a result.")),
    "overdue": (pgettext_lazy("figure", "Overdue"), _("Open tickets past their due date.")),
    "overdue_1": (_("Overdue, up to 2 working days"), _("The owner is reminded.")),
    "overdue_2": (_("Overdue, 2 to 5 working days"), _("The head of division hears of it.")),
    "overdue_3": (_("Overdue, 5 working days and more"), _("The Chair hears of it.")),
    "raised_again": (_("Raised more than once"), _("Open tickets that two residents or more raised.")),
    "resolved": (
        pgettext_lazy("figure", "Reported done"),
        _("Tickets reported done in this time whose result still stands."),
    ),
    "confirmed": (_("Confirmed"), _("Of what was reported done: confirmed.")),
    "lapsed": (
        _("Closed by silence"),
        _("Of what was reported done: told, and nobody objected for 14 days."),
    ),
    "answers": (_("Answers of residents"), _("What residents themselves said of a result.")),
    "rated": (_("Faces residents chose"), _("3 is happy, 2 so-so, 1 unhappy.")),
    "reopened": (
        _("Not fixed, or only partly"),
        _("Residents disagreed with a result; the ticket was reopened."),
    ),
    "results": (_("Residents with a result"), _("Everybody whose matter got a result in this time.")),
    "told": (_("Residents who were told"), _("Of those with a result: who learned of it.")),
}
