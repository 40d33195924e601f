"""Empties and their deposits.

Returned bottles are scanned in a dialog of the till, and their deposit is paid out of the drawer or as a voucher that
every till of every shop accepts.

- A bottle is worth the product's current `deposit_minor`, by any of its codes; a case counts as its contents. A
  product without a deposit is refused: cashiers can't enter a value.
- Cash leaves the drawer of the open shift as a separate kind of movement, rounded to the smallest coin; the rounding
  is shown. The voucher is store credit on a new card (gift cards), whose code is printed only once.
- More than `[bottle_deposits] most_minor` at once needs the right `override`.
- It can be undone for a while: the cash returns to the drawer. A voucher that was partly spent can't be undone.
- It is neither a sale nor a refund, and isn't part of a Z report's totals. In the books it reduces the deposits that
  the shop owes. Where a law requires a signature as a till receipt (Germany), bottles are returned with their receipt,
  like other goods.

Invariants. The payout equals the sum of its lines, except for rounding; for a voucher, the amount loaded on the card.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.core.registry import Capability, CommandSpec, MethodHandler, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.counter.bottle_deposits import queries
from edge.counter.bottle_deposits.commands import TakeBottles, UndoBottles
from edge.counter.bottle_deposits.events import EVENTS
from edge.counter.bottle_deposits.figures import FIGURES
from edge.counter.bottle_deposits.handlers import BottleDeposits
from edge.counter.bottle_deposits.project import projector
from edge.counter.bottle_deposits.settings import BottleSettings
from edge.counter.bottle_deposits.settings import settings_of as settings_of
from edge.counter.till.live_settings import live
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import MANAGE, OVERRIDE, SELL


def capability(settings: BottleSettings, shop: TillSettings) -> Capability:
    """The capability of a store with these settings and till settings."""
    does: Any = partial(MethodHandler, live(shop).of, partial(BottleDeposits, settings))
    return Capability(
        name="bottle_deposits",
        commands=(
            CommandSpec(TakeBottles, does(BottleDeposits.take), right=SELL, surfaces=TILL),
            CommandSpec(
                UndoBottles, does(BottleDeposits.undo), right=MANAGE, also=OVERRIDE, ask_first=True, surfaces=STAFF
            ),
        ),
        events=EVENTS,
        projectors=(projector,),
        figures=FIGURES,
        queries=(
            QuerySpec("bottle_goods", queries.find_goods, right=SELL, surfaces=STAFF),
            QuerySpec("bottles_taken", queries.read_bottles, right=MANAGE, surfaces=STAFF),
        ),
    )
