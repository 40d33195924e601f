"""Many products changed at once: as it was shown, in one job, and taken back like an import."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.jobs.store import Job, JobNote, read_job_notes
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done, Refused
from edge.counter.bulk_edit.commands import EditProducts, KeyEdit, PriceEdit, ProductEdit
from edge.counter.bulk_edit.handlers import head
from edge.counter.quick_keys.commands import AddQuickKeys, SetQuickKeys
from edge.counter.quick_keys.layout import PLACES, Key, KeyPage
from edge.counter.quick_keys.queries import read_layout, register_layout
from edge.foundation.access.rights import CATALOG, SETTINGS
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import ChangePrice, RetireProducts, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.ingest.commands import TakeBackImport
from tests.importing import job_runner, until
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

GOODS = (
    Product("a", {"en": "Apples"}, price_minor=199),
    Product("b", {"en": "Bread"}, price_minor=350, min_age=0),
    Product("c", {"en": "Cheese"}),
    Product("d", {"en": "Dates"}, price_minor=1_000),
)
ALL = tuple(product.sku for product in GOODS)


async def goods(shop: CommandBus) -> None:
    await done(shop, SetProducts(GOODS, Source("files")), SYSTEM)
    await done(shop, SetCategories((Category("fresh", {"en": "Fresh"}),)), SYSTEM)


async def job(shop: CommandBus, command: Any) -> tuple[Job, list[JobNote]]:
    queued = await done(shop, command, SYSTEM)
    async with job_runner(shop):
        ended = await until(shop, int(queued.result))
    assert verify(shop.reader, shop.registry).faults == ()
    return ended, read_job_notes(shop.reader, ended.id)


def prices(shop: CommandBus) -> list[int | None]:
    return [product.price_minor for sku in ALL if (product := find_by_sku(shop.reader, sku))]


def in_a_shop(folder: Path, scenario: Callable[[CommandBus, FakeClock], Awaitable[None]]) -> None:
    async def opened() -> None:
        async with open_shop(folder, clock := FakeClock(), stocked=False) as shop:
            await goods(shop)
            await scenario(shop, clock)

    run(opened())


def test_prices_rise_by_percent_and_who_has_none_is_left_out_and_said(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        up = EditProducts(ALL, ProductEdit(price=PriceEdit("percent", 1_000, round_to=5)))
        shown = head(shop.reader)
        dry, notes = await job(shop, EditProducts(ALL, up.edit, dry_run=True))
        assert (head(shop.reader), dry.counts) == (shown, {"edited": 3}), "a look changes nothing"
        told = {note.value: (note.reason, note.values.get("before"), note.values.get("after")) for note in notes}
        assert told["a"] == ("would_change", "1.99", "2.20")
        assert told["c"][0] == "edit_no_price"
        clock.advance(1)
        ended, left_out = await job(shop, up)
        assert prices(shop) == [220, 385, None, 1_100], "in multiples of 0.05, halves up"
        assert [(note.value, note.reason) for note in left_out] == [("c", "edit_no_price")]
        assert (ended.state, ended.cursor, ended.total, ended.refused) == ("done", 4, 4, 1)

    in_a_shop(tmp_path, scenario)


def test_all_of_it_is_one_job_and_is_taken_back_like_an_import(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        mine = (KeyPage({"en": "Mine"}, (Key(0, "d"),)),)
        await done(shop, SetQuickKeys(mine), SYSTEM)
        before = [find_by_sku(shop.reader, sku) for sku in ALL]
        edit = ProductEdit(category="fresh", price=PriceEdit("set", 500), min_age=18, active=True, key=KeyEdit("Mine"))
        clock.advance(1)
        ended, notes = await job(shop, EditProducts(ALL, edit))
        assert prices(shop) == [500] * 4
        found = find_by_sku(shop.reader, "a")
        assert found is not None and (found.category, found.min_age) == ("fresh", 18)
        (page,) = read_layout(shop.reader)
        assert [(key.place, key.sku) for key in page.keys] == [(0, "d"), (1, "a"), (2, "b"), (3, "c")]
        assert [(note.field, note.value, note.reason) for note in notes] == [("quick_key", "d", "edit_key_there")]
        clock.advance(1)
        _, looked = await job(shop, TakeBackImport(ended.id, dry_run=True))
        assert {note.reason for note in looked} == {"would_be_as_before", "would_lose_keys"}
        clock.advance(1)
        back, stayed = await job(shop, TakeBackImport(ended.id))
        assert (back.state, stayed) == ("done", [])
        for was, sku in zip(before, ALL, strict=True):
            now = find_by_sku(shop.reader, sku)
            assert was is not None and now is not None
            said = ("names", "price_minor", "category", "min_age", "tax_class", "retired_us")
            if sku != "c":
                assert [getattr(now, one) for one in said] == [getattr(was, one) for one in said]
        assert read_layout(shop.reader) == mine

    in_a_shop(tmp_path, scenario)


def test_what_was_changed_since_it_was_looked_at_is_left_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        seen = head(shop.reader)
        await done(shop, ChangePrice("a", 99, Source(MANAGER)), SYSTEM)
        _, notes = await job(shop, EditProducts(("a", "b"), ProductEdit(price=PriceEdit("sum", -50)), seen))
        assert prices(shop)[:2] == [99, 300]
        assert [(note.value, note.reason) for note in notes] == [("a", "changed_since")]

    in_a_shop(tmp_path, scenario)


def test_goods_are_given_up_and_sold_again_and_what_is_given_up_gets_no_key(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, RetireProducts(("a",)), SYSTEM)
        _, notes = await job(shop, EditProducts(("a", "b"), ProductEdit(key=KeyEdit("New", "1"))))
        assert [(note.value, note.reason) for note in notes] == [("a", "edit_key_retired")]
        assert [key.sku for page in read_layout(shop.reader, "1") for key in page.keys] == ["b"]
        clock.advance(1)
        sold_again, _ = await job(shop, EditProducts(ALL, ProductEdit(active=True)))
        found = find_by_sku(shop.reader, "a")
        assert found is not None and found.retired_us is None
        assert sold_again.counts == {"edited": 1, "same": 3}
        clock.advance(1)
        given_up, _ = await job(shop, EditProducts(("b",), ProductEdit(active=False)))
        clock.advance(1)
        await job(shop, TakeBackImport(given_up.id))
        found = find_by_sku(shop.reader, "b")
        assert found is not None and found.retired_us is None

    in_a_shop(tmp_path, scenario)


def test_a_price_for_a_time_and_one_below_nothing_are_left_out(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        now = shop.now_us()
        await done(shop, SetPrice("b", 300, from_us=now + 1_000_000, until_us=now + 10**12), SYSTEM)
        clock.advance(2)
        _, notes = await job(shop, EditProducts(("a", "b", "nobody"), ProductEdit(price=PriceEdit("sum", -250))))
        told = {note.value: note.reason for note in notes}
        assert told == {"a": "edit_below_zero", "b": "edit_price_planned", "nobody": "edit_unknown"}

    in_a_shop(tmp_path, scenario)


def test_a_till_that_shows_the_keys_of_all_keeps_them_and_has_them_again(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        mine = (KeyPage({"en": "Mine"}, (Key(0, "d"),)), KeyPage({"en": "Others"}, (Key(3, "c"),)))
        await done(shop, SetQuickKeys(mine), SYSTEM)
        clock.advance(1)
        ended, _ = await job(shop, EditProducts(("a", "c"), ProductEdit(key=KeyEdit("Mine", "1"))))
        assert [[key.sku for key in page.keys] for page in register_layout(shop.reader, "1")] == [["d", "a"], ["c"]]
        assert read_layout(shop.reader) == mine, "the other tills' are as they were"
        clock.advance(1)
        await job(shop, TakeBackImport(ended.id))
        assert read_layout(shop.reader, "1") == ()
        assert register_layout(shop.reader, "1") == mine

    in_a_shop(tmp_path, scenario)


def test_keys_that_someone_arranged_meanwhile_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetQuickKeys((KeyPage({"en": "Mine"}, (Key(0, "b"),)),)), SYSTEM)
        clock.advance(1)
        arranged = (KeyPage({"en": "Mine"}, (Key(0, "c"), Key(5, "d"))),)
        asked = shop.do

        async def do(command: Any, actor: Any, id: bytes | None = None) -> Any:
            if isinstance(command, SetProducts):  # the keys come last
                await asked(SetQuickKeys(arranged), SYSTEM)
            return await asked(command, actor, id)

        monkeypatch.setattr(shop, "do", do)
        await job(shop, EditProducts(("a",), ProductEdit(min_age=18, key=KeyEdit("Mine"))))
        (page,) = read_layout(shop.reader)
        assert [(key.place, key.sku) for key in page.keys] == [(0, "c"), (1, "a"), (5, "d")]

    in_a_shop(tmp_path, scenario)


def test_a_page_that_was_filled_meanwhile_takes_none_and_the_job_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetProducts(tuple(Product(f"p{at}", {"en": "More"}) for at in range(PLACES))), SYSTEM)
        clock.advance(1)
        full = (KeyPage({"en": "Mine"}, tuple(Key(at, f"p{at}") for at in range(PLACES))),)
        asked = shop.do

        async def do(command: Any, actor: Any, id: bytes | None = None) -> Any:
            if isinstance(command, AddQuickKeys):
                await asked(SetQuickKeys(full), SYSTEM)
            return await asked(command, actor, id)

        monkeypatch.setattr(shop, "do", do)
        ended, _ = await job(shop, EditProducts(("a",), ProductEdit(key=KeyEdit("Mine"))))
        assert (ended.state, ended.message) == ("failed", "refused.keys_full")
        assert read_layout(shop.reader) == full

    in_a_shop(tmp_path, scenario)


def test_who_may_not_arrange_keys_is_refused_an_edit_that_would(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cataloguer = Actor("dana", "panel", "1", frozenset({CATALOG}))
        refused = await shop.do(EditProducts(ALL, ProductEdit(min_age=18, key=KeyEdit("Mine"))), cataloguer)
        assert refused == Refused("right_denied", {"command": "EditProducts", "right": SETTINGS})
        assert isinstance(await shop.do(EditProducts(ALL, ProductEdit(min_age=18)), cataloguer), Done)

    in_a_shop(tmp_path, scenario)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (ProductEdit(), "edit_nothing"),
        (ProductEdit(category="nowhere"), "edit_category_unknown"),
        (ProductEdit(tax_class="nobody's"), "edit_tax_class_unknown"),
        (ProductEdit(price=PriceEdit("set", -1)), "edit_price_wrong"),
        (ProductEdit(price=PriceEdit("percent", -10_001)), "edit_price_wrong"),
        (ProductEdit(price=PriceEdit("sum", 0)), "edit_price_wrong"),
    ],
)
def test_an_edit_that_fits_no_product_is_refused_before_anything_is_done(
    tmp_path: Path, edit: ProductEdit, code: str
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        refused = await shop.do(EditProducts(ALL, edit), SYSTEM)
        assert isinstance(refused, Refused) and refused.code == code

    in_a_shop(tmp_path, scenario)
