"""Accounts systems, as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.registry import Transaction
from edge.shop.access.rights import MANAGE
from edge.shop.books_out.commands import EndBooksTarget, SetBooksTarget
from edge.shop.books_out.events import BooksTargetEnded, BooksTargetSet
from edge.shop.books_out.target import TARGETS_MOST, BooksTarget, require_sense


def makes_sense(tx: Transaction, wanted: BooksTarget, known: BooksTarget | None) -> BooksTarget:
    """`Refusal`: its parts do not fit each other."""
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
