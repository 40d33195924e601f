"""The demo's feeds: a supplier's price list through a connector, with one price awaiting approval, and a dairy invoice
above the ordered price. The folder `incoming` has sample documents: two printed invoices, the first already imported, a
photographed one, and a catalogue as published by an authority."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from edge.app.demo_shop import demo_catalog
from edge.backoffice.feeds.commands import IngestFile, SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.core.messages import Command, Done
from edge.core.storage.atomic_write import write_whole
from edge.goods.ingest.import_folders import new_place
from edge.goods.supplier_invoices.commands import ReceiveInvoice
from edge.goods.supplier_invoices.paper import paper_of
from edge.goods.supplier_invoices.reader_client import keep_pictures, read_apart
from edge.lib.einvoice import EInvoice, EInvoiceLine, VatRow, check
from sim.invoice_papers import PaperGoods, PaperSlip, pdf_of, photograph_of
from sim.published_catalogue import rows_of, workbook_of

CONNECTOR = Connector(
    "north-drinks-prices",
    entity_type="SupplierPrice",
    mapping='[columns]\n"Artikel" = "sku"\n"Preis" = "cost"\n[values]\nsupplier_id = "north-drinks"\n',
)
PRICES = {"Beer 500 ml": "4.30", "Mineral water 1.5 l": "0", "Red wine 750 ml": "27.00"}
VAT = Decimal(18)
CATALOGUE_ROWS = 60
BROUGHT = "valley-dairy-2240.pdf"


async def seed(do: Callable[[Command], Awaitable[Done]], folder: Path) -> int:
    """Create the feeds; return the id of the job that imports the price list."""
    skus = demo_catalog.skus()
    await do(SetConnector(CONNECTOR))
    place = new_place(folder, "north-drinks.csv")
    rows = [*(f"{skus[name]},{price}" for name, price in PRICES.items()), "NOBODY-KNOWS-IT,3.20"]
    place.write_text("\n".join(("Artikel,Preis", *rows)) + "\n", encoding="utf-8")
    job = (await do(IngestFile(str(place), CONNECTOR.id))).result
    document = _invoice(skus["Whole milk 1 l"])
    digest = hashlib.sha256(msgspec.json.encode(document)).hexdigest()
    await do(ReceiveInvoice(paper_of(document, check(document)), digest, "valley-dairy-2231.xml"))
    await _papers(do, folder)
    return int(job)


async def _papers(do: Callable[[Command], Awaitable[Done]], folder: Path) -> None:
    """Add paper invoices. The first is read if this machine can open PDF files."""
    place = folder / "incoming"
    await asyncio.to_thread(_draw, place)
    found = await asyncio.to_thread(read_apart, place / BROUGHT, (), "ILS")
    if found.paper is not None:
        keep_pictures(folder, found)
        await do(ReceiveInvoice(found.paper, found.digest, BROUGHT))


def _draw(place: Path) -> None:
    place.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    milk, butter = (
        PaperGoods("VD-10", "Whole milk 1 l", 24, Decimal("5.20")),
        PaperGoods("VD-31", "Butter 200 g", 12, Decimal("8.90")),
    )
    water = PaperGoods("ND-7", "Mineral water 1.5 l", 60, Decimal("2.10"))
    dairy = PaperSlip("Valley Dairy Ltd", "514599522", "VD-2240", f"{today:%d.%m.%Y}", (milk, butter), VAT, "ILS")
    drinks = dairy._replace(seller="North Drinks Ltd", vat="512345674", number="ND-881", goods=(water,))
    write_whole(place / BROUGHT, pdf_of(dairy))
    write_whole(place / "north-drinks-881.pdf", pdf_of(drinks))
    write_whole(place / "north-drinks-882-photographed.jpg", photograph_of(drinks._replace(number="ND-882")))
    write_whole(place / "OCS Catalogue.xlsx", workbook_of(rows_of(CATALOGUE_ROWS)))


def _invoice(milk: str) -> EInvoice:
    """The dairy's invoice for the 24 litres delivered with note VD 4471."""
    net = Decimal("124.80")
    tax = (net * VAT / 100).quantize(Decimal("0.01"))
    line = EInvoiceLine("1", Decimal(24), "C62", net, Decimal("5.20"), name="Whole milk 1 l", buyer_code=milk, rate=VAT)
    return EInvoice(
        "cii",
        "380",
        "VD-2231",
        datetime.now(UTC).date().isoformat(),
        "ILS",
        "Valley Dairy",
        despatch="VD 4471",
        lines=(line,),
        vat=(VatRow(net, tax, VAT),),
        lines_sum=net,
        net=net,
        taxes=(tax,),
        total=net + tax,
        payable=net + tax,
    )
