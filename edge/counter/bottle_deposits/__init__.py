"""Empty bottles that come back, and their deposit. See README.md."""

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
    """Those of a store that has decided so, whose tills are set so."""
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
