"""Commands to move data from another system."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.backoffice.switching.moved import FILES_MOST, ImportedCustomer, MovedCard, MovedCustomer, MovedFile
from edge.core.messages import Command, Number
from edge.money.gift_cards.card import CardMinor

CUSTOMERS_AT_ONCE = 3
"""Customers per command. One takes about 1.5 ms for keys, texts and indexes, and no command may occupy the writer for
over 5 ms."""
PUT_BACK_AT_ONCE = 1
"""Customers per undo command. It takes longer, as destroyed keys are overwritten."""
CARDS_AT_ONCE = 10


class MoveIn(Command, frozen=True):
    """Import files of another system as one job: first products, then customers and gift cards, then sales history.
    Returns the job's number. `dry_run`: only report the effects."""

    files: Annotated[tuple[MovedFile, ...], msgspec.Meta(min_length=1, max_length=FILES_MOST)]
    dry_run: bool = False


class TakeBackMove(Command, frozen=True):
    """Undo an import as a job, and return its number. Anything used or changed since stays, and is listed in the job's
    report."""

    job: Number


class TakeCustomers(Command, frozen=True):
    """Import some customers. Customers found by phone, email or code only get missing data. Returns errors as (line,
    field, reason)."""

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    rows: Annotated[tuple[MovedCustomer, ...], msgspec.Meta(max_length=CUSTOMERS_AT_ONCE)]


class TakeCards(Command, frozen=True):
    """Import some gift cards. Known cards stay unchanged. Returns errors as (line, field, reason)."""

    rows: Annotated[tuple[MovedCard, ...], msgspec.Meta(max_length=CARDS_AT_ONCE)]


class PutBackCustomers(Command, frozen=True):
    """Restore some customers to their state before an import, and delete new ones. Returns customers who stay, as (name
    of the field, reason)."""

    rows: Annotated[tuple[ImportedCustomer, ...], msgspec.Meta(max_length=PUT_BACK_AT_ONCE)]


class ImportedCard(msgspec.Struct, frozen=True, array_like=True):
    """An amount that an import added to a card."""

    card: str
    tail: str
    minor: CardMinor


class PutBackCards(Command, frozen=True):
    """Remove imported amounts from cards. Returns the cards already spent from."""

    rows: Annotated[tuple[ImportedCard, ...], msgspec.Meta(max_length=CARDS_AT_ONCE)]
