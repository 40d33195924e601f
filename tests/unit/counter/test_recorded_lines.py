"""What is stored of a line is the event's own struct: what the open basket has besides stays in the basket."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.messages import Done
from edge.counter.basket.basket import BasketLine, from_recorded, recorded_lines
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.commands import AbandonBasket, AddLine, Pay
from edge.counter.till.events import BasketAbandoned, SaleCompleted
from tests.shop_fixture import CASHIER, MILK, open_shop, run

LINE = BasketLine(1, "milk", "4006381333931", {"en": "Milk"}, "piece", 1000, 119, "reduced", reason="dented")


class WiderLine(BasketLine, frozen=True, omit_defaults=True):
    """A basket's line of tomorrow."""

    blinks: bool = False


def test_a_field_that_only_the_basket_has_is_not_stored() -> None:
    wider = WiderLine(**msgspec.structs.asdict(LINE), blinks=True)
    (sold,) = recorded_lines([wider])
    assert msgspec.json.encode(sold) == msgspec.json.encode(LINE)
    assert from_recorded([sold]) == (LINE,)


def test_events_hold_their_own_lines(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command, kind in ((Pay("card"), SaleCompleted), (AbandonBasket(), BasketAbandoned)):
                await shop.do(AddLine(MILK), CASHIER)
                done = await shop.do(command, CASHIER)
                assert isinstance(done, Done)
                (lines,) = [event.lines for event in done.events if isinstance(event, kind)]
                assert {type(line) for line in lines} == {RecordedLine}

    run(scenario())
