"""Recalls that an authority or a supplier publishes as a file: what the shop has is sold no more."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.feeds.commands import SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.core.journal.verify import verify
from edge.goods.stock.commands import LiftRecall
from edge.goods.stock.queries import is_recalled
from tests.feeding import ingest
from tests.flow.backoffice.test_feeds_fetched import fetching
from tests.flow.backoffice.test_feeds_orders import codes, told
from tests.importing import csv_file
from tests.outgoing import http_server
from tests.shop_fixture import MILK, SYSTEM, done, open_shop, run

HEADER = "Product,UPC,Lot number,Hazard\n"


def test_a_register_of_recalls_stops_the_lots_that_the_shop_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop = one.shop
            mapping = '[columns]\n"UPC" = "sku"\n"Lot number" = "lot"\n"Hazard" = "reason"\n'
            address = f"{server.url}/recalls.csv"
            register = Connector("recalls", "Catalogue", "http", "Recall", address, mapping=mapping, every_min=5)
            await done(shop, SetConnector(register), SYSTEM)
            others = "".join(f"Toaster {n},7290000{n:06},L{n},fire\n" for n in range(20))
            server.usual = (200, {}, HEADER + others + f"Milk 1 l,{MILK},A7,glass\nMilk 1 l,{MILK},,glass\n")
            (job,) = await one.look()
            assert told(job) == (1, 20, 0, 1), codes(shop, job)
            assert codes(shop, job)[-2:] == [[], ["missing_key"]], "which lot is for a person to find out"
            assert is_recalled(shop.reader, "milk", "A7") and not is_recalled(shop.reader, "milk", "A8")
            await done(shop, LiftRecall("milk", "A7"), SYSTEM)
            (job,) = await one.look(5)
            assert told(job) == (0, 21, 0, 1), "what was carried out is not done again"
            assert not is_recalled(shop.reader, "milk", "A7"), "a person lifted it here"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_recall_that_ended_lets_its_lot_be_sold_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await ingest(shop, csv_file(tmp_path, "sku,lot,reason\nmilk,a 7,glass\n"), entity_type="Recall")
            assert is_recalled(shop.reader, "milk", "a 7")
            ended = csv_file(tmp_path, "sku,lot,lifted\nmilk,A7,yes\nbeer,B1,yes\n")
            job = await ingest(shop, ended, entity_type="Recall")
            assert told(job) == (1, 1, 0, 0), codes(shop, job)
            assert not is_recalled(shop.reader, "milk", "a 7")
            wrong = csv_file(tmp_path, f"sku,lot,lifted,reason\nmilk,A9,perhaps,\nmilk,A9,no,{'x' * 301}\n,A9,no,\n")
            job = await ingest(shop, wrong, entity_type="Recall")
            assert (told(job)[3], is_recalled(shop.reader, "milk", "A9")) == (3, False), codes(shop, job)

    run(scenario())
