"""Commands to move data from another system."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.backoffice.switching.moved import (
    FILES_MOST,
    ImportedCustomer,
    MovedCard,
    MovedCustomer,
    MovedFile,
    MovedUser,
)
from edge.core.messages import Command, Number
from edge.foundation.access.commands import UserId
from edge.goods.stock.location import LocationId, Sku
from edge.lib.units.quantity import LIMIT
from edge.money.gift_cards.card import CardMinor

CUSTOMERS_AT_ONCE = 3
"""Customers per command. One takes about 1.5 ms for keys, texts and indexes, and no command may occupy the writer for
over 5 ms."""
PUT_BACK_AT_ONCE = 1
"""Customers per undo command. It takes longer, as destroyed keys are overwritten."""
CARDS_AT_ONCE = 10
USERS_AT_ONCE = 1
PLACES_MOST = 12
"""Locations of a product's imported stock."""


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


class StockAt(msgspec.Struct, frozen=True, array_like=True):
    """Stock, in thousandths, at one of the shop's locations."""

    location: LocationId
    thousandths: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)]


Places = Annotated[tuple[StockAt, ...], msgspec.Meta(min_length=1, max_length=PLACES_MOST)]


class TakeStock(Command, frozen=True):
    """Import a product's opening stock. Nothing changes if its stock is known by now. Returns whether it was
    imported."""

    sku: Sku
    places: Places


class PutBackStock(Command, frozen=True):
    """Remove a product's opening stock, imported by `job` up to row `last` of the journal. Returns whether it was
    removed: if it has moved since, it stays."""

    job: Number
    sku: Sku
    last: Number
    places: Places


class TakeUsers(Command, frozen=True):
    """Import some users without a PIN: they can't sign in until each has set one. Known ones stay unchanged. Returns
    errors as (line, field, reason)."""

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    rows: Annotated[tuple[MovedUser, ...], msgspec.Meta(max_length=USERS_AT_ONCE)]


class PutBackUsers(Command, frozen=True):
    """Remove imported users who can't sign in yet. Returns the others, as (id, reason)."""

    ids: Annotated[tuple[UserId, ...], msgspec.Meta(max_length=USERS_AT_ONCE)]


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
