"""A report of a work order that was wrong: undone while its goods are there, also around a sale that was voided."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.production.checks import production_stock_check
from edge.analytics.production.commands import PlanWork, ReportWork, UndoReport
from edge.analytics.production.queries import read_work
from edge.core.journal.verify import verify
from edge.counter.till.commands import AddLine, Pay, VoidLastSale
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import average_cost_micro, read_stock
from tests.flow.counter.test_bakery_day import BACKFLUSH, refused, stocked
from tests.shop_fixture import MANAGER, SYSTEM, agreed, done, open_shop, run


def test_a_wrong_report_is_undone_while_its_goods_are_there(tmp_path: Path) -> None:
    """Twice reported and undone, once behind its end: the same is there as if no one had said it, at the same cost."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            assert (await refused(shop, UndoReport(1))).code == "no_report"
            await done(shop, ReportWork(1, 4_000), SYSTEM)
            before = read_work(shop.reader, 1)
            cost = average_cost_micro(shop.reader, "dough")
            await done(shop, ReportWork(1, 5_000, 1_000), SYSTEM)
            ended = read_work(shop.reader, 1)
            assert ended is not None and ended.state == "completed"
            await done(shop, UndoReport(1), SYSTEM)
            again = read_work(shop.reader, 1)
            assert before is not None and again is not None
            assert msgspec.structs.replace(again, changed_us=0) == msgspec.structs.replace(before, changed_us=0)
            assert (read_stock(shop.reader, "dough"), read_stock(shop.reader, "flour")) == (4_000, 6_000)
            assert abs((average_cost_micro(shop.reader, "dough") or 0) - (cost or 0)) < 1_000_000  # below a minor unit
            assert production_stock_check(shop.reader, 0) == []
            await done(shop, ReportWork(1, 6_000), SYSTEM)
            await done(shop, RecordMovement("dough", "out", units=5_000, reason="waste"), SYSTEM)
            assert (await refused(shop, UndoReport(1))).code == "report_goods_gone"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_sale_is_voided_after_its_bread_was_backflushed(tmp_path: Path) -> None:
    """The bread is back on the shelf; what it was made of is not, and the report can be undone again."""

    async def scenario() -> None:
        async with open_shop(tmp_path, text=BACKFLUSH) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, ReportWork(1, 10_000), SYSTEM)
            await done(shop, PlanWork("bread", 10_000), SYSTEM)
            await done(shop, ReportWork(2, 10_000), SYSTEM)
            flour, dough = read_stock(shop.reader, "flour"), read_stock(shop.reader, "dough")
            await agreed(shop, AddLine("2000000000022"))
            await done(shop, Pay("cash"))
            assert (await refused(shop, UndoReport(2))).code == "report_goods_gone"
            await done(shop, VoidLastSale(), MANAGER)
            assert read_stock(shop.reader, "bread") == 10_000
            assert (read_stock(shop.reader, "flour"), read_stock(shop.reader, "dough")) == (flour, dough)
            await done(shop, UndoReport(2), SYSTEM)
            order = read_work(shop.reader, 2)
            assert order is not None and (order.state, order.good) == ("in_progress", 0)
            assert read_stock(shop.reader, "bread") == 0
            assert production_stock_check(shop.reader, 0) == []

    run(scenario())
