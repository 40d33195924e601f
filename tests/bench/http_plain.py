"""The other side of `bench http`: an aiohttp server that writes the rows of a sale into the same tables, and no more.

    python -m tests.bench.http_plain LEDGER ROWS PORT

The n-th request writes the n-th sale of ROWS in a transaction of its own and answers with its receipt.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from edge.core.storage.database import Connection, blob, open_writer
from tests.bench.fill import STOCK, STOCK_ROW

CHECKPOINT_PAGES = 1_000


class PlainSale(msgspec.Struct):
    """What one sale leaves: rows by table as they are written, what it takes from the stock, and its answer."""

    rows: list[tuple[str, list[Any]]]
    stock: list[tuple[str, int]]
    answer: bytes


def write(db: Connection, sale: PlainSale) -> None:
    """One commit."""
    db.execute("BEGIN IMMEDIATE")
    for table, row in sale.rows:
        marks = ", ".join("?" * len(row))
        bound = [blob(value) if isinstance(value, bytes) else value for value in row]
        db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", bound)
    for move in sale.stock:
        db.execute(STOCK, move)
        db.execute(STOCK_ROW, move)
    db.execute("COMMIT")


def make_app(db: Connection, sales: list[PlainSale]) -> web.Application:
    waiting = iter(sales)

    async def sell(request: web.Request) -> web.Response:
        msgspec.json.decode(await request.read())
        sale = next(waiting)
        write(db, sale)
        return web.Response(body=sale.answer, status=201, content_type="application/json")

    app = web.Application()
    app.router.add_post("/api/v1/sales", sell)
    return app


def main(argv: list[str]) -> None:
    ledger, rows, port = argv
    db = open_writer(Path(ledger))
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    sales = msgspec.msgpack.decode(Path(rows).read_bytes(), type=list[PlainSale])
    web.run_app(make_app(db, sales), host="127.0.0.1", port=int(port), access_log=None, print=None)


if __name__ == "__main__":
    main(sys.argv[1:])
