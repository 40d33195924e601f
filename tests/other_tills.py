"""Another till beside a shop, for tests: its sales as they are taken."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem, SettlePosSales, TakePosSale
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.sale import PosLine, PosSale
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from tests.shop_fixture import SYSTEM, done

BAR = OtherTill("bar", places="L1 = main", signature="body", header="X-Signature", every_min=0)
AT_US = 1_800_000_000_000_000
"""When the clock of a test begins."""


def sold(id: str, version: int = 1, kind: str = "sale", at_us: int = AT_US, **more: Any) -> PosSale:
    """Two beers, unless it is said what."""
    lines = more.pop("lines", (PosLine("their-beer", 2000, "Beer"),))
    made = PosSale("bar", id, version, "sale", "L1", at_us, "EUR", 500, lines)
    return msgspec.structs.replace(made, kind=kind, **more)


async def take(shop: CommandBus, sale: PosSale) -> str:
    """What became of it."""
    outcome = await done(shop, TakePosSale(sale), SYSTEM)
    assert isinstance(outcome, Done)
    return str(outcome.result)


async def set_up(shop: CommandBus, mapped: bool = True) -> None:
    """The till, and what its beer is."""
    await done(shop, SetOtherTill(BAR), SYSTEM)
    if mapped:
        await done(shop, SetPosItem(PosItem("bar", "their-beer", "beer")), SYSTEM)


async def settle(shop: CommandBus, pos: str = "bar") -> None:
    """Look again at all that waits."""
    after = 0
    while after := (await done(shop, SettlePosSales(pos, after), SYSTEM)).result:
        pass
