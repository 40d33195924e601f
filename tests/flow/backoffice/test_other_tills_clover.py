"""Clover as another till, over its wire as its pages document it: polls, webhooks, days and stock."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.backoffice.other_tills.commands import DropHook, SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, secret_name
from edge.backoffice.other_tills.queries import read_dead_hooks, read_pos_days, read_progress
from sim.vendors.clover_orders import MERCHANT, SimCloverOrders
from tests.flow.backoffice.test_other_tills_wired import HOUR_S, Wired, wired
from tests.shop_fixture import SYSTEM, done, run


def clover_till(url: str, **more: object) -> OtherTill:
    made = OtherTill("bar", "clover", url, places=f"{MERCHANT} = main", every_min=15)
    return msgspec.structs.replace(made, **more)


async def _began(one: Wired, url: str, clover: SimCloverOrders, **more: object) -> None:
    await one.till(clover_till(url, **more), clover.signs_with, clover.token)
    await one.look()
    one.clock.advance(60)


def test_what_is_sold_given_back_and_reopened_at_clover_moves_stock_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover)
            await done(one.shop, SetPosItem(PosItem("bar", "shot", "", 1000)), SYSTEM)
            clover.sell("o1", one.now_us, {"beer-v": 3}, {"shot": 2})
            clover.sell("o2", one.now_us, {"beer-v": 1})
            clover.sell("open", one.now_us, {"beer-v": 9})
            clover.reopen("open", one.now_us)
            clover.sell("practice", one.now_us, {"beer-v": 9})["testMode"] = True
            await one.look(16 * 60)
            assert one.beers == 96
            clover.refund("o1", one.now_us, {"beer-v": 1})
            await one.look(16 * 60)
            assert one.beers == 96, "nothing says that it is back on the shelf"
            await done(one.shop, SetPosItem(PosItem("bar", "beer-v", "beer", restock="yes")), SYSTEM)
            clover.refund("o1", one.now_us, {"beer-v": 1})
            clover.reopen("o2", one.now_us)
            await one.look(16 * 60)
            assert one.beers == 99, "two came back, and one was not paid after all"
            await one.look(16 * 60)
            assert (one.beers, read_progress(one.shop.reader, "bar").why, one.alerts()) == (99, "", set())

    run(scenario())


def test_an_order_that_changes_between_two_pages_passes_no_other_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover)
            for n in range(150):
                clover.sell(f"o{n:03}", one.now_us + n // 2 * 1000, {"beer-v": 1})
            one.clock.advance(16 * 60)
            clover.after_page = lambda: clover.sell("o000", one.now_us, {"beer-v": 1})
            await one.look()
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (100 - 150, "")

    run(scenario())


def test_an_order_of_more_pieces_than_are_listed_at_once_counts_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover)
            clover.sell("party", one.now_us, {"beer-v": 230})
            await one.look(16 * 60)
            assert one.beers == 100 - 230
            assert read_dead_hooks(one.shop.reader) == []

    run(scenario())


def test_an_order_that_cannot_be_read_is_a_dead_letter_and_the_others_are_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover)
            clover.sell("new state", one.now_us, {"beer-v": 1})["paymentState"] = "HALF_PAID"
            clover.sell("no time", one.now_us, {"beer-v": 1})["createdTime"] = "noon"
            clover.sell("below", one.now_us, {"beer-v": 1})["lineItems"]["elements"][0]["unitQty"] = -1000
            clover.sell("good", one.now_us, {"beer-v": 2})
            await one.look(16 * 60)
            assert (one.beers, read_progress(one.shop.reader, "bar").why) == (98, "")
            assert {dead.event_id.rpartition(" ")[0] for dead in read_dead_hooks(one.shop.reader)} == {
                "new state",
                "no time",
                "below",
            }

    run(scenario())


def test_a_webhook_of_clover_is_a_hint_that_only_its_code_opens(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover, every_min=0)
            clover.sell("o1", one.now_us, {"beer-v": 2})
            headers, body = clover.hook("o1")
            assert one.post({}, body) == 401 and one.post({"X-Clover-Auth": "guess"}, body) == 401
            assert one.post(headers, body) == 200
            await one.look()
            assert one.beers == 98
            one.clock.advance(1)
            assert one.post(headers, body) == 200
            assert one.post(*clover.hook("o1", merchant="another")) == 200
            await one.look()
            assert (one.beers, read_dead_hooks(one.shop.reader)) == (98, [])
            clover.orders.pop("o1")
            one.clock.advance(1)
            assert one.post(*clover.hook("o1", "never-sold", kind="DELETE")) == 200
            await one.look()
            assert one.beers == 98, "older than what was sold: it deletes nothing that was paid later"

    run(scenario())


def test_the_code_that_proves_the_address_is_shown_until_the_till_has_a_secret(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one:
            till = clover_till("http://127.0.0.1:1", every_min=0)
            await one.till(till)
            assert one.post(*clover.hook("o1")) == 503
            assert one.post({}, b'{"verificationCode": "<script>"}') == 503
            for n in range(8):
                one.clock.advance(1)
                one.post(*clover.code_hook(f"ce7643c1-83ea-4218-abe6-da876c9c7a{n:02}"))
                await one.look()
            dead = read_dead_hooks(one.shop.reader)
            assert [hook.why for hook in dead] == ["clover_code"] * 5, "strangers fill no page"
            assert {hook.event_id.split()[0][-2:] for hook in dead} == {"00", "01", "02", "03", "04"}
            await done(one.shop, DropHook(dead[0].id, all=True), SYSTEM)
            one.secrets.set(secret_name(till, "hook"), clover.signs_with)
            assert one.post(*clover.code_hook()) == 401
            assert one.alerts() == set()

    run(scenario())


def test_a_day_and_the_stock_of_clover_are_compared(tmp_path: Path) -> None:
    async def scenario() -> None:
        clover = SimCloverOrders()
        async with wired(tmp_path) as one, clover.serve() as url:
            await _began(one, url, clover, counts="push")
            one.clock.advance(20 * HOUR_S)
            clover.sell("o1", one.now_us, {"beer-v": 2})
            clover.refund("o1", one.now_us + 40 * 3_600_000_000, {"beer-v": 1})
            clover.on_hand |= {"beer-v": 7.5, "other": 4.0}
            await one.look(50 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            assert day.differences == (), "a refund is of the day of its order"
            assert clover.on_hand == {"beer-v": 98.0, "other": 4.0}
            clover.on_hand["beer-v"] = 7.5
            clover.untracked = {"beer-v"}
            await done(one.shop, SetOtherTill(clover_till(url, counts="compare")), SYSTEM)
            await one.look(24 * HOUR_S)
            assert all(not day.differences for day in read_pos_days(one.shop.reader, "bar")), "nobody counts it there"

    run(scenario())
