"""Moving stock by hand: only what the shop has, in its units, the right way, and never in the till's place."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement
from edge.goods.stock.location import DELTA_LIMIT
from edge.goods.stock.moving import posting
from edge.goods.stock.queries import read_stock
from edge.lib.units.quantity import LIMIT
from tests.shop_fixture import MILK, SYSTEM, done, open_shop, run


def test_what_cannot_be_is_refused_and_the_till_goes_on_selling(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for reason, move, refused in (
                ("received", ("tea", 1000), Refused("unknown_sku", {"sku": "tea"})),
                ("received", ("milk", -1000), Refused("moved_wrong_way", {"sku": "milk", "reason": "received"})),
                ("lost", ("milk", 1000), Refused("moved_wrong_way", {"sku": "milk", "reason": "lost"})),
                ("counted", ("milk", 1500), Refused("pieces_moved_whole", {"sku": "milk"})),
                ("counted", ("milk", 0), Refused("quantity_zero", {"sku": "milk"})),
                ("sale", ("milk", -1000), Refused("moved_by_till", {"reason": "sale"})),
                ("refund", ("milk", 1000), Refused("moved_by_till", {"reason": "refund"})),
            ):
                assert await shop.do(MoveStock(reason, (Moved(*move),)), SYSTEM) == refused  # type: ignore[arg-type]
            assert await shop.do(MoveStock("received", ()), SYSTEM) == Refused("no_moves")
            for delta in (LIMIT + 1000, -LIMIT - 1000, DELTA_LIMIT):
                most = Refused("quantity_large", {"sku": "milk", "most": 10_000_000})
                assert await shop.do(MoveStock("counted", (Moved("milk", delta),)), SYSTEM) == most
            await done(shop, MoveStock("received", (Moved("milk", 24_000), Moved("tomato", 1_500))), SYSTEM)
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            assert (read_stock(shop.reader, "milk"), read_stock(shop.reader, "tomato")) == (23_000, 1_500)

    run(scenario())


def test_nobody_brings_more_than_a_ledger_holds_and_whoever_takes_of_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert posting.ON_HAND_LIMIT == 10**15
    monkeypatch.setattr(posting, "ON_HAND_LIMIT", 10 * LIMIT)  # sooner there

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            most = MoveStock("counted", (Moved("milk", LIMIT),) * 10)
            await done(shop, most, SYSTEM)
            too_much = Refused("stock_too_much", {"sku": "milk"})
            one = RecordMovement("milk", "in", units=1_000)
            assert [await shop.do(command, SYSTEM) for command in (most, one)] == [too_much, too_much]
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            await done(shop, one, SYSTEM)
            assert read_stock(shop.reader, "milk") == 10 * LIMIT

    run(scenario())


@pytest.mark.parametrize("delta", [2**63, -(2**63), 2**70, DELTA_LIMIT + 1])
def test_a_sum_beyond_what_a_ledger_holds_does_not_get_in(delta: int) -> None:
    body = msgspec.json.encode({"reason": "received", "moves": [["milk", 1]]}).replace(b",1]", f",{delta}]".encode())
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=MoveStock)
