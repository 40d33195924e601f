"""Empties and their deposits.

Empty bottles come back, and their deposit with them: scanned at a till, in a dialog of it, and paid out of the
drawer or as a paper that pays at every till of every shop.

- What a bottle is worth is the product's `deposit_minor` today, by any of its codes; a case counts as what is in
  it. A product without a deposit is refused: no one types what a bottle is worth.
- Money leaves the drawer of the open shift as a move of its own kind, to the smallest coin; what was rounded is
  said. Paper is store credit of a new card (gift cards), whose code is printed this once.
- More than `[bottle_deposits] most_minor` at once needs the right `override`.
- Undone while it may be: money comes into the drawer again; a paper that was spent in part can't be.
- It is no sale and no refund: nothing of it is in the sums of a Z. In the books the deposits that the shop owes
  become less. Where a law wants it signed as a paper of the till (Germany), bottles come back with their receipt,
  as goods do.

Invariants. What was paid out is the sum of its lines, but for the coin; of a paper, what the card was loaded
with.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.core.registry import Capability, CommandSpec, MethodHandler, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.counter.bottle_deposits import queries
from edge.counter.bottle_deposits.commands import TakeBottles, UndoBottles
from edge.counter.bottle_deposits.events import EVENTS
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
        queries=(
            QuerySpec("bottle_goods", queries.find_goods, right=SELL, surfaces=STAFF),
            QuerySpec("bottles_taken", queries.read_bottles, right=MANAGE, surfaces=STAFF),
        ),
    )
