"""What other tills sold moves the stock once, in whatever order it is heard of."""

from __future__ import annotations

import hmac
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from edge.backoffice.other_tills.checks import pos_stock_check
from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.queries import read_held_lines, read_pos_sales, read_progress
from edge.backoffice.other_tills.sale import PosLine
from edge.backoffice.other_tills.watches import WATCHES
from edge.core.command_bus import CommandBus
from edge.foundation.settings.commands import ClearSetting, SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.web.rate_limit import Rates
from tests.flow.backoffice.test_other_tills_wired import wired
from tests.other_tills import AT_US, BAR, set_up, settle, sold, take
from tests.shop_fixture import SYSTEM, FakeClock, agreed, done, open_shop, run

DAY_S = 24 * 3600


@asynccontextmanager
async def bar(folder: Path, clock: FakeClock | None = None, mapped: bool = True) -> AsyncIterator[CommandBus]:
    """A shop with ten beers and another till."""
    async with open_shop(folder, clock) as shop:
        await agreed(shop, RecordMovement("beer", "in", units=10_000), SYSTEM)
        await set_up(shop, mapped)
        yield shop


def beers(shop: CommandBus) -> float:
    return read_stock(shop.reader, "beer") / 1000


def test_only_the_difference_between_versions_moves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            three = (PosLine("their-beer", 3000),)
            assert await take(shop, sold("1")) == "taken"
            assert await take(shop, sold("1")) == "same"
            assert beers(shop) == 8
            await take(shop, sold("1", 3, lines=three))
            assert beers(shop) == 7
            assert await take(shop, sold("1", 2)) == "stale"
            assert (beers(shop), read_progress(shop.reader, "bar").stale) == (7, 1)
            await take(shop, sold("1", 4))
            assert beers(shop) == 8
            await take(shop, sold("1", 5, kind="void"))
            assert beers(shop) == 10

    run(scenario())


def test_every_order_of_arrival_comes_to_the_same(tmp_path: Path) -> None:
    """A sale, a later version of it, a refund of a part, in each order; and one that is void before it was sold."""

    async def scenario() -> None:
        one_back = (PosLine("their-beer", 1000),)
        heard = (
            sold("1"),
            sold("1", 2, lines=(PosLine("their-beer", 4000),)),
            sold("r", kind="refund", refund_of="1", lines=one_back),
        )
        for number, order in enumerate(itertools.permutations(heard)):
            (tmp_path / str(number)).mkdir()
            async with bar(tmp_path / str(number)) as shop:
                for sale in order:
                    await take(shop, sale)
                    await settle(shop)
                await take(shop, sold("2", 2, kind="void"))
                await take(shop, sold("2", 1))
                assert beers(shop) == 7, order

    run(scenario())


def test_a_void_behind_a_refund_gives_nothing_back_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            await take(shop, sold("1"))
            await take(shop, sold("r", kind="refund", refund_of="1", lines=(PosLine("their-beer", 1000),)))
            assert beers(shop) == 9
            await take(shop, sold("1", 2, kind="void"))
            assert beers(shop) == 10
            assert await take(shop, sold("s", kind="refund", refund_of="1")) == "held"
            assert beers(shop) == 10

    run(scenario())


def test_never_more_comes_back_than_was_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            await take(shop, sold("1"))
            three = sold("r", kind="refund", refund_of="1", lines=(PosLine("their-beer", 3000),))
            assert await take(shop, three) == "held"
            reasons = {row.number: row.reasons for row in read_pos_sales(shop.reader, "bar")}
            assert (reasons["r"], beers(shop)) == (("refund_exceeds",), 8)

    run(scenario())


def test_goods_come_back_into_the_lots_they_left(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for lot in ("A", "B"):
                await agreed(
                    shop,
                    RecordMovement("beer", "in", units=1_000, lot=lot, expiry=f"2027-0{5 if lot == 'A' else 6}-01"),
                    SYSTEM,
                )
            await set_up(shop)
            await take(shop, sold("1"))
            await take(shop, sold("1", 2, lines=(PosLine("their-beer", 1000),)))
            await take(shop, sold("1", 3, kind="void"))
            rows = shop.reader.execute(
                "SELECT lot, quantity FROM stock_row WHERE sku = 'beer' AND quantity <> 0 ORDER BY lot"
            )
            assert rows.fetchall() == [("A", 1000), ("B", 1000)]

    run(scenario())


def test_what_no_one_knows_waits_with_proposals_and_moves_once_it_is_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path, mapped=False) as shop:
            await done(shop, SetPosItem(PosItem("bar", "water")), SYSTEM)
            both = (PosLine("their-beer", 2000, "Beers"), PosLine("water", 1000))
            await take(shop, sold("1", lines=both))
            assert beers(shop) == 10
            (held,) = read_held_lines(shop.reader, "bar")
            assert (held.item, held.lines, held.proposals) == ("their-beer", 1, ("beer",))
            await done(shop, SetPosItem(PosItem("bar", "their-beer", "beer")), SYSTEM)
            await settle(shop)
            await settle(shop)
            assert (beers(shop), read_held_lines(shop.reader, "bar")) == (8, [])

    run(scenario())


def test_a_cases_code_at_another_till_is_a_case(tmp_path: Path) -> None:
    """An item of theirs that has a case's code is proposed as a case, and each of it moves what the case holds."""

    async def scenario() -> None:
        async with bar(tmp_path, mapped=False) as shop:
            case = "14006381333136"
            await done(shop, SetProducts((Product("beer", packs=(Pack(case, 4),)),)), SYSTEM)
            await take(shop, sold("1", lines=(PosLine("their-crate", 2000, "Crate", case),)))
            (held,) = read_held_lines(shop.reader, "bar")
            assert held.proposals == (case,)
            await done(shop, SetPosItem(PosItem("bar", "their-crate", held.proposals[0])), SYSTEM)
            await settle(shop)
            assert beers(shop) == 10 - 2 * 4

    run(scenario())


def test_a_place_that_no_one_knows_holds_all_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            assert await take(shop, sold("1", location="L2")) == "held"
            assert beers(shop) == 10
            (row,) = read_pos_sales(shop.reader, "bar")
            assert row.reasons == ("unknown_location",)
            await done(shop, SetOtherTill(msgspec.structs.replace(BAR, places="L1=main,L2=main")), SYSTEM)
            await settle(shop)
            assert beers(shop) == 8

    run(scenario())


def test_a_count_beats_what_was_sold_before_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as shop:
            clock.advance(3600)
            await agreed(shop, RecordMovement("beer", "adjust", units=6_000, reason="count"), SYSTEM)
            clock.advance(3600)
            await take(shop, sold("1", at_us=AT_US + 60_000_000))
            assert beers(shop) == 6
            await take(shop, sold("2", at_us=clock.at_us))
            assert beers(shop) == 4
            (row,) = [one for one in read_pos_sales(shop.reader, "bar") if one.number == "1"]
            assert row.reasons == ("before_count",)

    run(scenario())


def test_what_is_far_ahead_is_booked_when_it_came(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            await take(shop, sold("1", at_us=AT_US + 2 * DAY_S * 1_000_000, currency="USD"))
            (row,) = read_pos_sales(shop.reader, "bar")
            assert (row.reasons, row.at_us, beers(shop)) == (("currency", "suspect"), AT_US, 8)

    run(scenario())


def test_a_refund_whose_sale_never_comes_is_held_after_a_month(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as shop:
            assert await take(shop, sold("r", kind="refund", refund_of="gone")) == "waits"
            await done(shop, SetSetting("other_tills.refund_wait_days", 40), SYSTEM)
            clock.advance(31 * DAY_S)
            await settle(shop)
            (row,) = read_pos_sales(shop.reader, "bar")
            assert row.state == "waits", "this shop waits longer"
            await done(shop, ClearSetting("other_tills.refund_wait_days"), SYSTEM)
            await settle(shop)
            (row,) = read_pos_sales(shop.reader, "bar")
            assert (row.state, row.reasons) == ("held", ("refund_without_sale",))
            await take(shop, sold("gone"))
            await settle(shop)
            assert beers(shop) == 10, "sold and brought back"

    run(scenario())


def test_weights_and_recipes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as shop:
            await done(shop, SetPosItem(PosItem("bar", "loose", "tomato", measure="lb")), SYSTEM)
            await take(shop, sold("1", lines=(PosLine("loose", 2500, unit="lb"),)))
            assert read_stock(shop.reader, "tomato") == -1134

    run(scenario())


def test_an_item_without_a_product_is_told_after_a_week(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock, mapped=False) as shop:
            await take(shop, sold("1"))
            assert pos_stock_check(shop.reader, clock.at_us + 6 * DAY_S * 1_000_000) == []
            later_us = clock.at_us + 9 * DAY_S * 1_000_000
            (found,) = pos_stock_check(shop.reader, later_us)
            assert (found.check, found.sku, found.found) == ("pos_unmapped", "bar: their-beer", 9_000)
            told = {one.kind: list(one.read(shop.reader, later_us, "")) for one in WATCHES}
            assert [one.values["days"] for one in told["pos_unmapped"]] == [9]
            await done(shop, SetPosItem(PosItem("bar", "their-beer", "beer")), SYSTEM)
            await settle(shop)
            assert pos_stock_check(shop.reader, later_us) == []

    run(scenario())


def test_how_far_off_a_moment_may_be_and_how_many_come_at_once_is_the_shops_to_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with wired(tmp_path) as one:
            signed = {"signature": "moment_body", "header": "X-Sign", "moment_header": "X-At"}
            await one.till(OtherTill("bar", "generic", places="L1 = main", every_min=0, **signed), "secret", "")
            moment, body = str(one.now_us // 1_000_000 - 400), b"{}"
            sign = hmac.new(b"secret", moment.encode() + b"." + body, "sha256").hexdigest()
            assert one.post({"X-Sign": sign, "X-At": moment}, body) == 401, "five minutes"
            await done(one.shop, SetSetting("other_tills.moment_off_min", 7), SYSTEM)
            assert one.post({"X-Sign": sign, "X-At": moment}, body) == 200
            rates = Rates(lambda: 0.0)
            rates.bursts["webhook"] = one.door.burst
            await done(one.shop, SetSetting("other_tills.hook_burst", 20), SYSTEM)
            assert [rates.take("webhook", "a till") for _ in range(21)] == [0] * 20 + [1]

    run(scenario())
