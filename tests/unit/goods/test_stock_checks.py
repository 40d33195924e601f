"""Whether a fault of the stock is found: one is planted for each check, and each is said with what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.storage.database import open_writer
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.checks import whole_check
from edge.goods.stock.commands import RecordMovement, ReserveLine, ReserveStock, SetLocation
from edge.goods.transfers.commands import AnnounceTransfer, SentGoods
from edge.lib.i18n import LANGUAGES, translate
from edge.operations.ledger import build_registry
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24)
PLANTED = {
    "rows_differ": "UPDATE stock SET on_hand = on_hand + 1000 WHERE sku = 'lager'",
    "movements_differ": "UPDATE stock_movement SET balance = balance + 1000 WHERE sku = 'lager'",
    "boxes_negative": "UPDATE stock_row SET boxes = -1 WHERE sku = 'lager'",
    "box_size_changed": "UPDATE stock_row SET boxes = 1, box = 12 WHERE sku = 'lager'",
    "below_zero": "UPDATE stock_row SET quantity = -1000 WHERE sku = 'lager'",
    "lot_below_zero": "INSERT INTO stock_row VALUES ('lager', 'main', 'X', '', -1000, 0, 0, 1)",
    "reserved_differs": "UPDATE stock_claim SET holder = 'order:7' WHERE kind = 'reserved'",
    "reserved_short": "UPDATE stock_claim SET quantity = 99000 WHERE kind = 'reserved'",
    "product_unknown": "INSERT INTO stock VALUES ('ghost', 5000, NULL, 0)",
    "location_gone": "UPDATE stock_row SET location = 'attic' WHERE sku = 'lager'",
    "cost_jumped": "UPDATE stock_receipt SET unit_cost_minor = 200 WHERE seq = (SELECT max(seq) FROM stock_receipt)",
    "on_order_differs": "UPDATE stock_claim SET quantity = 1000 WHERE kind = 'ordered'",
    "transfer_late": "UPDATE transfer SET begun_us = 1",
    "product_retired": "UPDATE product SET retired_us = 1 WHERE sku = 'lager'",
    "recalled_here": "INSERT INTO stock_recall VALUES ('lager', 'L7', '', 1)",
}
"""A fault, and how it looks in the tables."""


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop of which nothing is to be said."""
    folder = tmp_path_factory.mktemp("stocked")

    async def scenario() -> None:
        async with open_shop(folder, stocked=False) as shop:
            await fill(shop)
            await catch_up(shop)

    run(scenario())
    return folder


async def fill(shop: CommandBus) -> None:
    bought = OrderLine("lager", 24_000)
    for command in (
        SetProducts((LAGER,)),
        SetLocation("rooftop", {"en": "Rooftop"}, "bar"),
        RecordMovement("lager", "in", units=12_000, lot="L7", expiry="2027-12-31", unit_cost_minor=100),
        RecordMovement("lager", "in", units=12_000, lot="L7", expiry="2027-12-31", unit_cost_minor=120),
        ReserveStock("somebody", (ReserveLine("lager", 5_000),)),
        SetSupplier("brewery", {"en": "Brewery"}),
        SetSupplierPrice("brewery", "lager", 120, pack=24),
        CreatePurchaseOrder("brewery", (bought,)),
        ApprovePurchaseOrder(1),
        SendPurchaseOrder(1),
        AnnounceTransfer("00000001", "north", (SentGoods("lager", 2_000),)),
    ):
        await done(shop, command, SYSTEM)


BESIDES = ("cart:7", "parked 7")
"""More whose goods no one asks for."""


@pytest.mark.parametrize("check", PLANTED)
def test_a_fault_is_found_and_told(tmp_path: Path, stocked: Path, check: str) -> None:
    copied = tmp_path / "shop"
    shutil.copytree(stocked, copied)
    entry = config(copied)
    db, queries = open_writer(entry.ledger), build_registry(entry).queries
    now_us = FakeClock().at_us
    assert whole_check(db, queries, now_us).issues == []
    db.execute(PLANTED[check])
    found = whole_check(db, queries, now_us)
    db.close()
    told = {issue.check: issue for issue in found.issues}
    assert check in told and not found.consistent
    for language in LANGUAGES:
        assert translate(language, f"stock.check_{check}")
        assert translate(language, f"stock.proposal_{told[check].proposal}")


@pytest.mark.parametrize("holder", BESIDES)
def test_a_promise_to_what_is_over_is_found(holder: str, stocked: Path, tmp_path: Path) -> None:
    copied = tmp_path / "shop"
    shutil.copytree(stocked, copied)
    entry = config(copied)
    db, queries = open_writer(entry.ledger), build_registry(entry).queries
    db.execute("UPDATE stock_claim SET holder = ? WHERE kind = 'reserved'", (holder,))
    (found,) = whole_check(db, queries, FakeClock().at_us).issues
    db.close()
    assert (found.check, found.sku, found.expected, found.found) == ("reserved_differs", "lager", 0, 5_000)
