"""Accounting systems as master data."""

from __future__ import annotations

from edge.backoffice.books_out.commands import EndBooksTarget, SetBooksTarget
from edge.backoffice.books_out.events import BooksTargetEnded, BooksTargetSet
from edge.backoffice.books_out.target import TARGETS_MOST, BooksTarget, require_sense
from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE


def makes_sense(tx: Transaction, wanted: BooksTarget, known: BooksTarget | None) -> BooksTarget:
    """Check an accounting system's settings. Raises `Refusal` if they contradict each other."""
    require_sense(wanted)
    return wanted


BOOKS_TARGETS = Entity(
    BooksTarget,
    table="books_target",
    set_by=SetBooksTarget,
    was_set=BooksTargetSet,
    end_by=EndBooksTarget,
    was_ended=BooksTargetEnded,
    right=MANAGE,
    limit=CountLimit(TARGETS_MOST, "too_many_kinds"),
    unknown=Unknown("books_target_unknown", "target"),
    checks=(makes_sense,),
)
