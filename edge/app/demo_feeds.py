"""The demo's feeds: a supplier's price list by a connector, with a price that waits for a yes, and a dairy's invoice
that is dearer than what was ordered."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from edge.app import demo_catalog
from edge.core.messages import Command, Done
from edge.lib.einvoice import EInvoice, EInvoiceLine, VatRow, check
from edge.shop.feeds.commands import IngestFile, SetConnector
from edge.shop.feeds.connector import Connector
from edge.shop.ingest.import_folders import new_place
from edge.shop.supplier_invoices.commands import ReceiveInvoice
from edge.shop.supplier_invoices.paper import paper_of

CONNECTOR = Connector(
    "north-drinks-prices",
    entity_type="SupplierPrice",
    mapping='[columns]\n"Artikel" = "sku"\n"Preis" = "cost"\n[values]\nsupplier_id = "north-drinks"\n',
)
PRICES = {"Beer 500 ml": "4.30", "Mineral water 1.5 l": "0", "Red wine 750 ml": "27.00"}
VAT = Decimal(18)


async def seed(do: Callable[[Command], Awaitable[Done]], folder: Path) -> int:
    """The job that takes the price list in; the invoice is there."""
    skus = {(one.names or {})["en"]: one.sku for one in demo_catalog.products()}
    await do(SetConnector(CONNECTOR))
    place = new_place(folder, "north-drinks.csv")
    rows = [*(f"{skus[name]},{price}" for name, price in PRICES.items()), "NOBODY-KNOWS-IT,3.20"]
    place.write_text("\n".join(("Artikel,Preis", *rows)) + "\n", encoding="utf-8")
    job = (await do(IngestFile(str(place), CONNECTOR.id))).result
    document = _invoice(skus["Whole milk 1 l"])
    digest = hashlib.sha256(msgspec.json.encode(document)).hexdigest()
    await do(ReceiveInvoice(paper_of(document, check(document)), digest, "valley-dairy-2231.xml"))
    return int(job)


def _invoice(milk: str) -> EInvoice:
    """What the dairy asks for the 24 litres that came under its note VD 4471."""
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
