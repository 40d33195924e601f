"""Books stored card payments onto their customers' accounts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.accounting.accounts.commands import BookAccountCard
from edge.core.command_bus import CommandBus
from edge.core.process.booking_part import Booking, BookingPart
from edge.core.process.part_context import PartContext
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.money.payments.queries import unused_payments


def account_cards_part(shop: CommandBus) -> BookingPart:
    """Return the background part that books stored-card payments on accounts."""
    return BookingPart(shop, "stored-card payment on an account", _waiting)


def _waiting(db: Connection) -> Iterator[Booking]:
    for one in unused_payments(db, "account"):
        actor = msgspec.structs.replace(system("job"), name=one.person, register=one.sold_at)
        yield Booking(one.id, BookAccountCard(one.id), actor)


def part_of(context: PartContext) -> BookingPart:
    """Make the part for this context."""
    return account_cards_part(context.shop)
