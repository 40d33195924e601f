"""Movements under the seven names that chains of stores give to reasons, in and out, and by who did them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, done, run

COLA = Product("cola", {"en": "Cola"}, ("5449000000996",), 300)
POSTED: tuple[tuple[dict[str, Any], int], ...] = (
    # what a program says, what is there then
    ({"reason": "purchase", "units": 20_000, "unit_cost_minor": 90}, 20_000),
    ({"reason": "DAMAGE", "units": 1_000}, 19_000),
    ({"reason": "expire", "units": 2_000}, 17_000),
    ({"reason": "return", "units": 3_000}, 14_000),
    ({"reason": "transfer", "type": "out", "units": 1_000}, 13_000),
    ({"reason": "adjustment", "units": 10_000}, 10_000),
)


def test_the_seven_names_go_in_and_come_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            manager = {"Grant": served.site.door.token}

            async def listed(asked: str) -> list[str]:
                await catch_up(served.shop)
                answer = await caller.get(f"/api/v1/stock/movements?{asked}", **manager)
                assert answer.status == 200, answer.text
                return [f"{one['retail_reason']} {one['delta'] // 1000}" for one in answer.json["movements"]]

            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            for body, total in POSTED:
                answer = await caller.call("POST", "/api/v1/stock/movement", {"sku": "cola", **body}, **manager)
                assert (answer.status, answer.json.get("total")) == (200, total), (body, answer.text)
            await done(served.shop, RecordMovement("cola", "waste", units=1_000, reason="spoiled"), SYSTEM)
            await done(served.shop, AddLine("5449000000996"), CASHIER)
            await done(served.shop, Pay("card"), CASHIER)
            assert await listed("sku=cola") == [
                *("sale -1", "expire -1", "adjustment -3", "transfer -1", "return -3", "expire -2", "damage -1"),
                "purchase 20",
            ]
            for reason, found in (
                ("sale", ["sale -1"]),
                ("purchase", ["purchase 20"]),
                ("damage", ["damage -1"]),
                ("expire", ["expire -1", "expire -2"]),
                ("return", ["return -3"]),
                ("waste", ["expire -1", "expire -2", "damage -1"]),
            ):
                assert await listed(f"sku=cola&reason={reason}") == found, reason
                assert await listed(f"reason={reason}") == found, reason
            assert await listed(f"actor={CASHIER.name}") == ["sale -1"]
            assert await listed(f"actor={CASHIER.name}&reason=expire") == []
            assert await listed(f"actor={SYSTEM.name}&type=waste") == ["expire -1", "expire -2", "damage -1"]
            assert await listed(f"actor={SYSTEM.name}&type=waste&reason=damage") == ["damage -1"]
            answer = await caller.get("/api/v1/stock/movements?reason=lightning", **manager)
            assert (answer.status, answer.json["code"]) == (400, "movement_reason_unknown"), answer.text

    run(scenario())
