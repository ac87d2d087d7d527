"""The paper of the lifecycle says what the code says."""

import pytest
from django.core.management import CommandError, call_command

from tickets.lifecycle import STEPS
from tickets.management.commands import lifecycle_doc


def test_the_paper_is_up_to_date():
    call_command("lifecycle_doc", "--check")


def test_every_verb_has_its_row():
    rows = [
        line.split(" | ")[0].strip("| ")
        for line in lifecycle_doc.paper().splitlines()
        if line.startswith("| ")
    ]

    assert rows == ["verb", *STEPS]


def test_a_stale_paper_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(lifecycle_doc, "PAPER", tmp_path / "lifecycle.md")
    with pytest.raises(CommandError):
        call_command("lifecycle_doc", "--check")

    (tmp_path / "lifecycle.md").write_text(lifecycle_doc.paper())
    call_command("lifecycle_doc", "--check")
