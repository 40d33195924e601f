"""Ledgers with a past: products through the writer, sales straight into the tables with a chain that holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.core import ids
from edge.core.journal.rows import INSERT, facts, read_head
from edge.core.journal.shadow_rebuild import apply
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.counter.basket.basket import BasketLine
from edge.counter.basket.event_structs import Tender
from edge.counter.till.events import SaleCompleted
from edge.counter.till.from_config import till_settings
from edge.goods.catalog.codes import in_store
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.events import Move, StockMoved
from edge.lib.tax.rules import taxes
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from sync.wire import row_hash
from tests.shop_fixture import CONFIG, SYSTEM, config

LINES = 8
A_COMMIT = 64
STOCK = """
    INSERT INTO stock VALUES (?, ?, NULL, 0) ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + excluded.on_hand
"""
STOCK_ROW = """
    INSERT INTO stock_row VALUES (?, 'main', '', '', ?, 0, 0, 0)
    ON CONFLICT (sku, location, lot, expiry) DO UPDATE SET quantity = quantity + excluded.quantity
"""
RECEIPT = "INSERT INTO receipt VALUES (?, ?, 'sale', ?, ?, ?, ?, ?, NULL, 0, 0)"


def bench_config(folder: Path, text: str = CONFIG) -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    return config(folder, text)


def product(number: int) -> Product:
    """The `number`-th made-up product, the same at every run."""
    return Product(
        f"sku{number}", {"en": f"Product {number}", "he": f"מוצר {number}"}, (in_store(number),), 100 + number % 900
    )


def fill_products(ledger: Ledger, count: int) -> None:
    """`count` made-up products through the writer, and into what follows the journal."""
    put_products(ledger, [product(number) for number in range(count)])
    follow(ledger)


def put_products(ledger: Ledger, products: Sequence[Product]) -> None:
    """Products through the writer, as an import brings them."""
    writer, spec = ledger.writer, ledger.registry.commands[SetProducts]
    commands = [SetProducts(tuple(products[at : at + 50])) for at in range(0, len(products), 50)]
    for at in range(0, len(commands), A_COMMIT):
        batch = []
        for place, command in enumerate(commands[at : at + A_COMMIT]):
            id = ids.command_id(ledger.clock.read().at_us, (at + place).to_bytes(10, "big"))
            batch.append(Request(spec, command, SYSTEM, id, content_hash(spec.name, encode(command)), True))
        writer.run(batch, lambda request, answer: None)


def follow(ledger: Ledger) -> None:
    """Bring what follows the journal up to it, as in a shop that has been open since."""
    db = ledger.db
    for projector in ledger.registry.projectors:
        if projector.strict:
            continue
        (at,) = db.execute("SELECT seq FROM projection WHERE name = ?", (projector.name,)).fetchone()
        db.execute("BEGIN")
        apply(db, (projector,), facts(db, ledger.registry, at + 1))
        while projector.process_pending and projector.process_pending(db, 1):
            pass
        db.execute("UPDATE projection SET seq = ? WHERE name = ?", (read_head(db).seq, projector.name))
        db.execute("COMMIT")


def a_sale(config: Config, number: int, at_us: int) -> SaleCompleted:
    """A sale of eight lines for cash."""
    lines = []
    for place in range(LINES):
        p = product((number * 7 + place * 131) % 60_000)
        price = p.price_minor or 0
        lines.append(BasketLine(place + 1, p.sku, p.codes[0], p.names, "piece", 1000, price, "standard"))
    total = sum(line.amount_minor for line in lines)
    rows = taxes(till_settings(config).tax, [(line.tax_class, line.amount_minor) for line in lines])
    net = total - sum(row.tax_minor for row in rows)
    tender = (Tender("cash", total),)
    return SaleCompleted(number, "EUR", tuple(lines), rows, True, net, total, 0, tender, 0, at_us)


def fill_sales(ledger: Ledger, config: Config, count: int, register: str = "past") -> None:
    """`count` sales of the past, written in bulk: journal (chained), receipts; stock is made again by the caller."""
    db, head, moment = ledger.db, read_head(ledger.db), ledger.clock.read()
    settings = msgspec.json.encode(a_sale(config, 1, moment.at_us))
    base = msgspec.json.decode(settings, type=SaleCompleted)
    stock = msgspec.json.encode(StockMoved("sale", tuple(Move(line.sku, -line.quantity) for line in base.lines)))
    prev, seq = head.hash, head.seq
    start = moment.at_us - count * 1_000_000
    for at in range(0, count, 10_000):
        rows, receipts = [], []
        for number in range(at + 1, min(at + 10_000, count) + 1):
            at_us = start + number * 1_000_000
            id = ids.command_id(at_us, number.to_bytes(10, "big"))
            body = msgspec.json.encode(msgspec.structs.replace(base, number=number, opened_us=at_us))
            receipts.append((register, number, seq + 1, "2026-01-01", at_us, "EUR", base.total_minor))
            for command_id, event, content in (
                (id, SaleCompleted, body),
                (ids.child_id(id, 0), StockMoved, stock),
            ):
                seq += 1
                values = (
                    *(1, seq, command_id, 0, b"h" * 32, register, "cashier", "cashier", "2026-01-01", at_us),
                    *(at_us, moment.boot_id, "ok", event.__name__, event.version, content, prev),
                )
                prev = row_hash(*values)
                rows.append((*values, prev))
        db.execute("BEGIN")
        db.executemany(INSERT, rows)
        db.executemany(RECEIPT, receipts)
        for line in base.lines:
            db.execute(STOCK, (line.sku, -1000 * len(receipts)))
            db.execute(STOCK_ROW, (line.sku, -1000 * len(receipts)))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
    ledger.writer.probe()
