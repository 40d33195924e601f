"""Places in places, and what is picked on a walk through them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.listing.category_tree import tree
from edge.goods.catalog.product import Product
from edge.goods.stock import entities
from edge.goods.stock.commands import RecallLot, RecordMovement, RetireLocation, SetLocation, TransferLine
from edge.goods.stock.lists.listings import read_locations
from edge.goods.transfers.commands import DraftTransfer
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, done, run

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500)
GIN = Product("gin", {"en": "Gin"}, ("7290000000015",), 2500)


async def _places(served: Served) -> None:
    await done(served.shop, SetProducts((LAGER, GIN)), SYSTEM)
    for id, parent, position in (("store", "", 1), ("shelf-b", "store", 1), ("shelf-a", "store", 2), ("bar", "", 0)):
        await done(served.shop, SetLocation(id, {"en": id}, "storage", parent, position), SYSTEM)


async def _refused(served: Served, command: object) -> str:
    outcome = await served.shop.do(command, SYSTEM)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_places_are_listed_as_somebody_walks_and_none_is_in_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await _places(served)
            walk = [(one.id, one.depth) for one in read_locations(served.shop.reader)]
            assert walk == [("main", 0), ("bar", 0), ("store", 0), ("shelf-b", 1), ("shelf-a", 1)]
            name = {"en": "x"}
            assert await _refused(served, SetLocation("store", name, "storage", "store")) == "location_in_itself"
            assert await _refused(served, SetLocation("store", name, "storage", "shelf-a")) == "location_in_itself"
            assert await _refused(served, SetLocation("new", name, "storage", "nowhere")) == "no_location"
            assert await _refused(served, RetireLocation("store")) == "location_has_places"
            above = "shelf-a"
            for depth in range(3, 9):
                await done(served.shop, SetLocation(f"slot-{depth}", name, "storage", above), SYSTEM)
                above = f"slot-{depth}"
            assert await _refused(served, SetLocation("slot-9", name, "storage", above)) == "location_too_deep"
            await done(served.shop, SetLocation("bar", name, "bar", "", 0, 5000), SYSTEM)
            grant = {"Grant": served.site.door.token}
            found = (await caller.call("GET", "/api/v1/inventory/locations", **grant)).json["locations"]
            bar = next(one for one in found if one["id"] == "bar")
            assert (bar["parent"], bar["position"], bar["capacity"]) == ("", 0, 5000)

    run(scenario())


def test_what_is_moved_brings_its_places_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            name = {"en": "x"}
            for chain in ("a", "b"):
                above = ""
                for depth in range(8):
                    await done(served.shop, SetLocation(f"{chain}{depth}", name, "storage", above), SYSTEM)
                    above = f"{chain}{depth}"
            assert await _refused(served, SetLocation("a0", name, "storage", "b6")) == "location_too_deep"
            assert await _refused(served, SetLocation("a7", name, "storage", "b7")) == "location_too_deep"
            await done(served.shop, SetLocation("a7", name, "storage", "b6"), SYSTEM)
            await done(served.shop, SetLocation("a4", name, "storage", "b4"), SYSTEM)  # a4 to a6: just deep enough
            assert await _refused(served, SetLocation("a3", name, "storage", "b7")) == "location_too_deep"

    run(scenario())


def test_places_that_lie_too_deep_already_can_be_named_and_put_higher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            monkeypatch.setattr(entities, "DEPTH_LIMIT", 12)
            above = ""
            for depth in range(12):
                await done(served.shop, SetLocation(f"a{depth}", {"en": "x"}, "storage", above), SYSTEM)
                above = f"a{depth}"
            monkeypatch.undo()
            await done(served.shop, SetLocation("a10", {"en": "Slot"}, "storage", "a9"), SYSTEM)
            assert await _refused(served, SetLocation("a10", {"en": "x"}, "storage", "a8")) == "location_too_deep"
            await done(served.shop, SetLocation("a5", {"en": "x"}, "storage", "a0"), SYSTEM)

    run(scenario())


def test_main_is_in_no_other_place(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await _places(served)
            assert await _refused(served, SetLocation("main", {"en": "Shop"}, "shop_floor", "store")) == "main_in_none"
            await done(served.shop, SetLocation("main", {"en": "Shop"}), SYSTEM)
            await done(served.shop, SetLocation("store", {"en": "Store"}, "storage", "main"), SYSTEM)
            first = read_locations(served.shop.reader)[0]
            assert (first.id, first.depth) == ("main", 0)

    run(scenario())


def test_a_transfer_is_picked_by_walking_what_expires_first_and_nothing_recalled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await _places(served)
            for sku, place, units, lot, expiry in (
                ("lager", "shelf-a", 4, "OLD", "2029-01-01"),
                ("lager", "shelf-b", 9, "NEW", "2029-06-01"),
                ("lager", "shelf-b", 5, "BAD", "2028-12-01"),
                ("lager", "bar", 50, "BAR", "2028-11-01"),
                ("gin", "shelf-b", 2, "", ""),
            ):
                brought = RecordMovement(sku, "in", units=units * 1000, location=place, lot=lot, expiry=expiry)
                await done(served.shop, brought, SYSTEM)
            await done(served.shop, RecallLot("lager", "BAD"), SYSTEM)
            lines = (TransferLine("lager", 6000), TransferLine("gin", 3000))
            draft = (await done(served.shop, DraftTransfer("north", lines, "store"), SYSTEM)).result
            grant = {"Grant": served.site.door.token}
            answer = await caller.call("GET", f"/api/v1/stock/picks?transfer={draft}", **grant)
            assert answer.status == 200, answer.text
            taken = [(one["location"], one["sku"], one["lot"], one["quantity"]) for one in answer.json["picks"]]
            assert taken == [
                ("shelf-b", "gin", "", 2000),
                ("shelf-b", "lager", "NEW", 2000),
                ("shelf-a", "lager", "OLD", 4000),
            ], "OLD goes first, and the walk begins at shelf-b"
            assert [(one["sku"], one["quantity"]) for one in answer.json["lacking"]] == [("gin", 1000)]
            for query, status in (("transfer=none", 404), ("order=none", 404), ("", 400), ("order=a&transfer=b", 400)):
                assert (await caller.call("GET", f"/api/v1/stock/picks?{query}", **grant)).status == status, query

    run(scenario())


def test_categories_are_listed_by_their_turn(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            found = (
                Category("beer", {"en": "Beer"}, sort_order=2),
                Category("wine", {"en": "Wine"}, sort_order=1),
                Category("ale", {"en": "Ale"}, "beer", sort_order=9),
                Category("stout", {"en": "Stout"}, "beer", sort_order=3),
            )
            await done(served.shop, SetCategories(found), SYSTEM)
            listed = [branch.category.id for branch in tree(served.shop.reader)]
            assert listed == ["wine", "beer", "stout", "ale"]

    run(scenario())
