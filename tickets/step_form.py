"""What every verb's form stands on: days, texts, and how a step is taken."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise as LazyText
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from feedback.text import WordsField
from tickets.actors import Actor
from tickets.models import Ticket
from wards.workdays import calendar_of

FURTHEST = timedelta(days=730)  # no promise of a ward reaches further than two years


class DayField(forms.DateField):
    """A day after today, chosen in the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)


def text(
    label: LazyText | str, *, required: bool = True, help_text: LazyText | str = "", rows: int = 3
) -> Any:
    """A few lines in one's own words."""
    return WordsField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class StepForm(forms.Form):
    """What one verb asks for besides the ticket and the one who acts."""

    verb: ClassVar[str] = ""
    intro: ClassVar[LazyText | str] = ""  # one sentence above the fields
    use_required_attribute = False  # the verb's own sentence answers, not the browser's bubble

    def __init__(
        self, data: Any = None, files: Any = None, *, ticket: Ticket, by: Actor, at: datetime
    ) -> None:
        self.ticket, self.by, self.at = ticket, by, at
        super().__init__(data, files, auto_id=f"{self.verb}_%s")
        self.fill()

    def fill(self) -> None:
        """Fill in choices and first values; only the form that is shown or sent is filled."""

    @property
    def possible(self) -> bool:
        """Whether there is anything to choose at all."""
        return True

    @cached_property
    def today(self) -> date:
        return calendar_of(self.ticket.owner.office).day_of(self.at)

    def offer_day(self, name: str, days: int) -> None:
        """Propose the `days`-th working day from now, and let the browser refuse days that cannot be."""
        calendar = calendar_of(self.ticket.owner.office)
        field = self.fields[name]
        start = max(self.today, calendar.day_of(self.ticket.due_at)) if name == "due" else self.today
        field.initial = calendar.add(start, days)
        field.widget.attrs |= {
            "min": (self.today + timedelta(days=1)).isoformat(),
            "max": (self.today + FURTHEST).isoformat(),
        }

    def check_day(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if not self.today < day <= self.today + FURTHEST:
            raise ValidationError(_("Please choose a day after today, within two years."))
        return day

    def take(self) -> None:
        """Take the step on the held ticket; the verb may refuse with StepRefused."""
        getattr(self.ticket, self.verb)(by=self.by, at=self.at, **self.cleaned_data)
