"""What other tills have on hand beside ours, each day, over their wires as they are documented."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.queries import read_pos_days
from edge.goods.stock.commands import RecordMovement
from sim.vendors.generic_till import SimGenericTill
from sim.vendors.square import SimSquare
from sim.vendors.toast import RESTAURANT, SimToast
from tests.flow.backoffice.test_other_tills_wired import HOUR_S, square_till, wired
from tests.shop_fixture import SYSTEM, agreed, done, run


def test_what_square_has_on_hand_is_put_beside_ours_and_made_ours_where_that_is_wanted(tmp_path: Path) -> None:
    async def scenario() -> None:
        square = SimSquare()
        square.page = 1
        async with wired(tmp_path) as one, square.serve() as url:
            await one.till(square_till(url, counts="compare"), square.signs_with, square.token)
            for item, sku in (("milk-v", "milk"), ("large-v", "milk"), ("water-v", "mystery")):
                await done(one.shop, SetPosItem(PosItem("bar", item, sku)), SYSTEM)
            await agreed(one.shop, RecordMovement("mystery", "in", units=7_000), SYSTEM)
            await one.look()
            one.clock.advance(20 * HOUR_S)
            square.sell("o1", one.now_us, {"beer-v": "2"})
            square.on_hand |= {
                ("L1", "beer-v"): "97",
                ("L1", "milk-v"): "1",
                ("L1", "water-v"): "7",
                ("L2", "beer-v"): "3",
            }
            await one.look(30 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            rows = [(row.code, row.what, row.theirs, row.ours) for row in day.differences]
            assert rows == [("count_differs", "beer-v", 97_000, 98_000)], "one product that is two items is no count"
            assert "pos_difference" in one.alerts() and not square.given
            await done(one.shop, SetOtherTill(square_till(url, counts="push")), SYSTEM)
            await one.look(7 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            assert (day.differences, square.on_hand["L1", "beer-v"], square.on_hand["L2", "beer-v"]) == ((), "98", "3")
            assert list(square.given.values()) == [1], "what they have right is left alone"

    run(scenario())


def test_what_toast_has_on_hand_is_compared_where_it_is_counted_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        toast = SimToast()
        async with wired(tmp_path) as one, toast.serve() as url:
            till = OtherTill("bar", "toast", url, toast.client, f"{RESTAURANT} = main", counts="push")
            await one.till(till, toast.signs_with, toast.secret)
            await done(one.shop, SetPosItem(PosItem("bar", "water-v", "mystery")), SYSTEM)
            await one.look()
            one.clock.advance(20 * HOUR_S)
            toast.stock |= {"beer-v": ("QUANTITY", 7.5), "water-v": ("QUANTITY", 3.0), "other": ("OUT_OF_STOCK", None)}
            await one.look(30 * HOUR_S)
            assert toast.stock["beer-v"] == ("QUANTITY", 100.0)
            assert toast.stock["water-v"][0] == "OUT_OF_STOCK", "there is none here"
            (day,) = read_pos_days(one.shop.reader, "bar")
            assert day.differences == ()
            toast.stock = {"beer-v": ("IN_STOCK", None)}
            await one.look(24 * HOUR_S)
            assert toast.stock == {"beer-v": ("IN_STOCK", None)}, "what is not counted there stays so"

    run(scenario())


def test_what_a_generic_till_has_on_hand_is_compared_and_made_ours(tmp_path: Path) -> None:
    async def scenario() -> None:
        generic = SimGenericTill()
        generic.page = 1
        async with wired(tmp_path) as one, generic.serve() as url:
            till = OtherTill("bar", "generic", url, places="L1 = main", signature="body", header="X-Signature")
            await one.till(msgspec.structs.replace(till, counts="compare"), generic.signs_with, generic.token)
            await one.look()
            one.clock.advance(20 * HOUR_S)
            generic.say("g1", one.now_us, {"beer-v": "2"})
            generic.on_hand |= {("L1", "beer-v"): "97.5", ("L1", "unknown"): "4", ("L2", "beer-v"): "3"}
            await one.look(30 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            rows = [(row.code, row.what, row.theirs, row.ours) for row in day.differences]
            assert rows == [("count_differs", "beer-v", 97_500, 98_000)]
            assert generic.on_hand["L1", "beer-v"] == "97.5", "compared alone, it stays theirs"
            await done(one.shop, SetOtherTill(msgspec.structs.replace(till, counts="push")), SYSTEM)
            await one.look(7 * HOUR_S)
            (day,) = read_pos_days(one.shop.reader, "bar")
            assert day.differences == ()
            assert generic.on_hand == {("L1", "beer-v"): "98", ("L1", "unknown"): "4", ("L2", "beer-v"): "3"}

    run(scenario())
