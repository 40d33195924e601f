"""What can be asked of a move from another system."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.backoffice.switching.moved import FILES_MOST, ImportedCustomer, MovedCard, MovedCustomer, MovedFile
from edge.core.messages import Command, Number
from edge.money.gift_cards.card import CardMinor

CUSTOMERS_AT_ONCE = 1
"""Of one command: keys, texts and indexes of one take 3 ms, and no command holds the writer for more than 5."""
CARDS_AT_ONCE = 10


class MoveIn(Command, frozen=True):
    """Take files of another system into the shop, as one job: products first, then customers and gift cards, then what
    was sold. The result is the job's number. `dry_run`: only say what would happen."""

    files: Annotated[tuple[MovedFile, ...], msgspec.Meta(min_length=1, max_length=FILES_MOST)]
    dry_run: bool = False


class TakeBackMove(Command, frozen=True):
    """Put back what a move brought, as a job; the result is its number. What was used or changed since stays, and is
    in the job's report."""

    job: Number


class TakeCustomers(Command, frozen=True):
    """Let some customers of another system be customers here. Who is known by phone, mail or code gets what is not
    known of them yet. The result: what could not be taken, as (line, field, why)."""

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    rows: Annotated[tuple[MovedCustomer, ...], msgspec.Meta(max_length=CUSTOMERS_AT_ONCE)]


class TakeCards(Command, frozen=True):
    """Let some gift cards of another system be good here. Cards that the shop knows stay as they are. The result: what
    could not be taken, as (line, field, why)."""

    rows: Annotated[tuple[MovedCard, ...], msgspec.Meta(max_length=CARDS_AT_ONCE)]


class PutBackCustomers(Command, frozen=True):
    """Let some customers be as they were before an import, and forget who was new. The result: who stays, as (name of
    the field, why)."""

    rows: Annotated[tuple[ImportedCustomer, ...], msgspec.Meta(max_length=CUSTOMERS_AT_ONCE)]


class ImportedCard(msgspec.Struct, frozen=True, array_like=True):
    """A sum that an import put onto a card."""

    card: str
    tail: str
    minor: CardMinor


class PutBackCards(Command, frozen=True):
    """Take off cards what an import put onto them. The result: those from which it was spent already."""

    rows: Annotated[tuple[ImportedCard, ...], msgspec.Meta(max_length=CARDS_AT_ONCE)]
