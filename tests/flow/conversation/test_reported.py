"""What people reported of other systems, as they sent it: each file through the door where it would come in.

The files are beside the project (`shared/data/reported`); the same kinds without them are tested where each rule is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.foundation.access.rights import system
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_code, find_by_sku
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.queries import read_shop_orders
from edge.ordering.web_orders.arrival import deliver, signed_order
from edge.ordering.web_orders.commands import SetWebChannel
from edge.ordering.web_orders.queries import find_web_order
from edge.ordering.web_orders.watches import WATCHES
from edge.ordering.web_orders.web_order import Profile, WebChannel, is_ping
from sim.vendors.web_shops import SimShopify, SimWebShop, SimWooCommerce
from tests.chat_fixture import BOSS, Talker
from tests.importing import csv_file, import_file
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

SECRET = "shared with the web shop"
SHOPS: dict[Profile, type[SimWebShop]] = {"woocommerce": SimWooCommerce, "shopify": SimShopify}
TEE = Product("tee", {"en": "Tee"}, (), 2_000, "reduced")
FLOUR = Product("flour", {"en": "Flour", "fr": "Farine", "he": "קמח"}, (), 100, "reduced", unit="kg")
THERE = 100_000


def reported(name: str) -> Path:
    """A file that someone reported."""
    for folder in Path(__file__).resolve().parents:
        if (found := folder / "shared/data/reported" / name).is_file():
            return found
    pytest.skip(f"missing: shared/data/reported/{name}")


def told_in(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in reported(name).read_text().splitlines()]


async def web_shop(shop: CommandBus, profile: Profile, told: list[dict[str, Any]]) -> None:
    """A web shop's webhooks come in, one behind the other."""
    await done(shop, SetProducts((TEE,)), SYSTEM)
    await done(shop, RecordMovement("tee", "in", 0, 10_000), SYSTEM)
    await done(shop, SetWebChannel(WebChannel("woo", "Web", profile, accept=True)), SYSTEM)
    sim = SHOPS[profile](SECRET)
    for one in told:
        body, heads = sim.make_webhook(one)
        order = signed_order(shop.reader, "woo", body, heads[sim.head], SECRET, 2)
        assert isinstance(await deliver(shop, "woo", order, system()), Done)


@pytest.mark.parametrize("begin", [0, 1])
def test_01_what_was_paid_at_the_second_try_is_an_order(begin: int, tmp_path: Path) -> None:
    told = told_in("01-paid-after-failed/webhooks.jsonl")[begin:]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await web_shop(shop, "woocommerce", told)
            (order,) = read_shop_orders(shop.reader)
            assert (order.state, order.goods.total_minor) == ("accepted", 2_000)

    run(scenario())


def test_02_what_a_customer_only_began_is_no_order(tmp_path: Path) -> None:
    told = told_in("02-draft-order/webhooks.jsonl")

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await web_shop(shop, "woocommerce", told)
            assert [one for one in read_shop_orders(shop.reader) if one.state != "placed"] == []
            drafts = [find_web_order(shop.reader, "woo", str(one["id"])) for one in told if "draft" in one["status"]]
            assert drafts == [None, None]

    run(scenario())


def test_03_numbers_below_one_without_their_nought(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in reported("03-point-five/said.tsv").read_text().splitlines()]

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await done(shop, SetProducts((FLOUR,)), SYSTEM)
            await done(shop, RecordMovement("flour", "in", 0, THERE), SYSTEM)
            wrong = []
            for language, sentence, right in rows:
                await Talker(shop, language, BOSS).say(sentence)
                is_count = right.startswith("=")
                moved = read_stock(shop.reader, "flour") - (0 if is_count else THERE)
                if moved not in (int(right.removeprefix("=")), THERE if is_count else 0):
                    wrong.append((sentence, moved))
                await done(shop, RecordMovement("flour", "adjust", 0, THERE, reason="count"), SYSTEM)
            assert not wrong

    run(scenario())


def test_06_codes_behind_a_guard_are_found(tmp_path: Path) -> None:
    text = reported("06-guarded-codes/guarded.csv").read_text()

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, text))
            codes = ("4013", "4020", "4037", "4044", "4051")
            assert all(find_by_code(shop.reader, f"0400638133{code}") for code in codes)
            for sku in ("G6", "G7"):
                product = find_by_sku(shop.reader, sku)
                assert product is not None and not product.codes

    run(scenario())


@pytest.mark.parametrize(("profile", "file"), [("shopify", "shopify.jsonl"), ("woocommerce", "woo.jsonl")])
def test_08_what_is_changed_there_is_changed_or_asked(profile: Profile, file: str, tmp_path: Path) -> None:
    told = told_in(f"08-edited-order/{file}")

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await web_shop(shop, profile, [*told, told[-1]])
            (order,) = read_shop_orders(shop.reader)
            open_alerts = list(WATCHES[0].read(shop.reader, shop.now_us(), ""))
            assert order.goods.total_minor == 4_000 or len(open_alerts) == 1

    run(scenario())


def test_09_a_line_for_excel_is_no_header(tmp_path: Path) -> None:
    text = reported("09-sep-line/sep.csv").read_text()

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, text))
            assert (job.counts, notes) == ({"new": 1}, [])
            milk = find_by_code(shop.reader, "04006381334068")
            assert milk is not None and milk.price_minor == 119

    run(scenario())


def test_10_woocommerce_asks_whether_anyone_is_there() -> None:
    assert is_ping(reported("10-woo-ping/ping.txt").read_bytes())
