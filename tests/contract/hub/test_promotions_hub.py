"""Head office's promotions of a store, and their discounts, match the store's."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import msgspec
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.counter.till.commands import AddLine, Pay, SetQuantity, UsePriceList
from edge.counter.till.hub import SaleTables
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.hub import PromotionTables
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion, SeveralFor
from edge.goods.promotions.queries import read_promotions
from sync.hub.model import Key
from tests.shop_fixture import MANAGER, MILK, SYSTEM, FakeClock, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
MILKS = Promotion("milks", {"en": "3 for 3.00", "he": "3 ב-3"}, SeveralFor(3, 300), Goods(("milk",)))


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for one in (
                MILKS,
                Promotion("b", {"en": "B"}, PercentOff(500)),
                msgspec.structs.replace(MILKS, priority=3),
            ):
                await shop.do(SetPromotion(one), SYSTEM)
                clock.advance(60)
            await shop.do(EndPromotion("b"), SYSTEM)
            for command in (AddLine(MILK), SetQuantity(1, 4000), UsePriceList("member"), Pay("cash")):
                await shop.do(command, MANAGER)
            connection = await asyncpg.connect(database)
            for projector in (PromotionTables(shop.registry), SaleTables(shop.registry)):
                room = "promotions" if isinstance(projector, PromotionTables) else "till"
                await connection.execute(hub.tables()[room])
                for key in (KEY, OTHER):
                    rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
                    for at in range(0, len(rows), batch):
                        await projector.handlers[rows[0].type](connection, key, rows[at : at + batch])
                await projector.reset(connection, OTHER)
            theirs = await connection.fetch("SELECT id, body::text, until_at FROM promotion ORDER BY id")
            lines = await connection.fetch("SELECT amount_minor, discount_minor FROM sale_line")
            lists = await connection.fetch("SELECT price_list FROM sale")
            await connection.close()
            now = clock.at_us
            ours = sorted(
                [*read_promotions(shop.reader, now), *read_promotions(shop.reader, now, over=True)],
                key=lambda kept: kept.promotion.id,
            )
            assert [msgspec.json.decode(row["body"], type=Promotion) for row in theirs] == [k.promotion for k in ours]
            assert [row["until_at"] is None for row in theirs] == [kept.until_us is None for kept in ours]
            assert [tuple(line) for line in lines] == [(420, 60)]
            assert [row["price_list"] for row in lists] == ["member"]

    run(scenario())
