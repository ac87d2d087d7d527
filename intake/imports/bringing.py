"""Rows through the one door: each is a concern received, then its ticket's verbs with the dates it had there."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import DataError, IntegrityError, transaction

from feedback.models import Category, FeedbackItem
from intake.imports.mapping import Meaning
from intake.imports.reading import Record, records
from intake.imports.report import Report
from intake.imports.row import Reported, Row, understand
from intake.receive import receive
from tickets import ledger, reminders, routing
from tickets.actors import Actor
from tickets.lifecycle import StepRefused
from tickets.models import Ticket
from wards.models import Neighbourhood, Ward

CHUNK = 200  # rows in one transaction; a row that fails costs only itself


@dataclass
class Count:
    """What became of the rows; accepted and reported together are all of them."""

    accepted: int = 0
    new: int = 0


class Bringing:
    """One import into one ward. What is there already, by source and id, is accepted and left alone."""

    def __init__(self, ward: Ward, meaning: Meaning, report: Report, *, at: datetime) -> None:
        self.ward = ward
        self.meaning = meaning
        self.report = report
        self.at = at
        self.by = Actor.importer()
        self.count = Count()
        self.seen: set[str] = set()
        self.categories = {category.code: category for category in Category.objects.of_ward(ward)}
        self.neighbourhoods = {place.name: place for place in ward.neighbourhoods.all()}

    def bring(self, path: Path, *, store: bool = True) -> Iterator[int]:
        """Bring in one file, a chunk at a time; yields the rows of each chunk. Without `store` it only looks."""
        rows = records(path, encoding=self.meaning.encoding, delimiter=self.meaning.delimiter)
        self.meaning.check_header(next(rows).fields)
        with routing.remembered():
            while chunk := list(islice(rows, CHUNK)):
                self._chunk(path.name, chunk, store)
                yield len(chunk)

    def _chunk(self, file: str, chunk: list[Record], store: bool) -> None:
        understood = list(self._understand(file, chunk))
        with transaction.atomic() if store else nullcontext(), ledger.together() as pages:
            there = self._there(row.reference for _record, row in understood)
            for record, row in understood:
                if row.reference in there or not store:
                    self.count.accepted += 1
                    continue
                try:
                    self._store(row, pages)
                except Reported as problem:
                    self.report.add(file, record.line, row.reference, problem.code, problem.why)
                    continue
                self.count.accepted += 1

    def _understand(self, file: str, chunk: list[Record]) -> Iterator[tuple[Record, Row]]:
        for record in chunk:
            reference = record.fields.get(self.meaning.columns["id"], "").strip()
            try:
                if record.wrong:
                    raise Reported(*record.wrong)
                row = understand(record.fields, self.meaning, self.ward.zone, at=self.at)
                if row.reference in self.seen:
                    raise Reported("repeated", "The same id came before.")
                if row.category and row.category not in self.categories:
                    raise Reported("category", f"The ward has no category “{row.category}”.")
            except Reported as problem:
                self.report.add(file, record.line, reference, problem.code, problem.why)
                continue
            self.seen.add(row.reference)
            yield record, row

    def _there(self, references: Iterable[str]) -> set[str]:
        known = FeedbackItem.objects.filter(
            ward=self.ward, source=self.meaning.name, reference__in=list(references)
        )
        return set(known.values_list("reference", flat=True))

    def _store(self, row: Row, pages: ledger.Pages) -> None:
        """One row in a savepoint of its own; raises Reported when the house refuses it."""
        place = self._neighbourhood(row.neighbourhood)
        try:
            with pages.or_nothing(), transaction.atomic():
                self._live(row, place, self.categories.get(row.category))
        except StepRefused as refusal:
            raise Reported("refused", str(refusal)) from refusal
        except (DataError, IntegrityError) as error:
            if self._there([row.reference]):
                return  # another import of the same file was quicker
            raise Reported("refused", "The database refuses it.") from error
        self.count.new += 1

    def _live(self, row: Row, place: Neighbourhood | None, category: Category | None) -> None:
        received = receive(
            ward=self.ward,
            at=self.at,
            captured_at=row.created,
            neighbourhood=place,
            category=category,
            words=row.words,
            summary=row.summary,
            language=self.meaning.language,
            place=row.place,
            latitude=row.latitude,
            longitude=row.longitude,
            source=self.meaning.name,
            reference=row.reference,
            with_slip=False,
            actor=self.by,
        )
        ticket = received.ticket
        assert ticket is not None  # what is noted always opens one
        with ticket.held(newborn=True):
            post = routing.answerable(self.ward, category, place).post
            ticket.assign(by=self.by, post=post, at=row.created)
            if row.started:
                ticket.start(by=self.by, at=row.started)
            if row.closed:
                self._end(ticket, row.verb)(by=self.by, note=row.note, at=row.closed)
        if ticket.is_open:
            reminders.schedule(ticket, at=self.at)

    @staticmethod
    def _end(ticket: Ticket, verb: str) -> Callable[..., object]:
        return {"resolve": ticket.resolve, "decline": ticket.decline, "redirect": ticket.redirect}[verb]

    def _neighbourhood(self, name: str) -> Neighbourhood | None:
        """The neighbourhood of this name, made once; outside the row's savepoint, so that it stays if the row falls."""
        if name and name not in self.neighbourhoods:
            self.neighbourhoods[name], _new = Neighbourhood.objects.get_or_create(ward=self.ward, name=name)
        return self.neighbourhoods.get(name)
