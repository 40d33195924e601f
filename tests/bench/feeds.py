"""`bench feeds`: records from elsewhere, and invoices that programs wrote.

`rows_per_s`: prices of suppliers from a file to the journal, read by a process of its own, staged and taken one by one;
`again_per_s`: the same file again, which changes nothing. `xml_ms`: an invoice of 100 lines read and its sums checked,
the median. `exact`: of the electronic invoices that lie beside the project, the share whose number, day, total and
number of lines are read (0 where there are none).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.lib.einvoice import check, read_xml
from edge.shop.catalog.commands import MANY, SetProducts
from edge.shop.purchasing.commands import SetSupplier
from edge.shop.supplier_invoices.paper_reader import read
from tests.bench.fill import product
from tests.bench.measure import result
from tests.feeding import ingest
from tests.invoicing_in import ubl
from tests.shop_fixture import SYSTEM, done, open_shop

ROOT = Path(__file__).resolve().parents[2]
LINES = 100
ROUNDS = 20


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench feeds", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(_rows(Path(name), args.rows))
    figures |= {"xml_ms": _xml_ms(), "exact": _exact()}
    print(", ".join(f"{key} {value:.2f}" for key, value in figures.items()))
    result(**figures)
    return 0


async def _rows(folder: Path, rows: int) -> dict[str, float]:
    async with open_shop(folder, stocked=False) as shop:
        for first in range(0, rows, MANY):
            goods = tuple(product(at) for at in range(first, min(first + MANY, rows)))
            await done(shop, SetProducts(goods), SYSTEM)
        await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
        path = folder / "prices.csv"
        lines = (f"metro,{product(at).sku},{1 + at % 90}.50\n" for at in range(rows))
        path.write_text("supplier_id,sku,cost\n" + "".join(lines))
        return {name: await _taken(shop, path, rows) for name in ("rows_per_s", "again_per_s")}


async def _taken(shop: CommandBus, path: Path, rows: int) -> float:
    began = time.perf_counter()
    job = await ingest(shop, path, entity_type="SupplierPrice")
    assert job.applied + job.same == rows, job
    return rows / (time.perf_counter() - began)


def _xml_ms() -> float:
    content = ubl(*(("4006381333931", "3", "1.25") for _ in range(LINES)))
    spent = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        assert check(read_xml(content)) == ()
        spent.append((time.thread_time() - began) * 1000)
    return statistics.median(spent)


def _exact() -> float:
    right = [_is_right(content, said) for content, said in _samples()]
    return sum(right) / len(right) if right else 0.0


def _samples() -> list[tuple[bytes, dict[str, Any]]]:
    """Invoices beside the project, with what is known of them; of those in PDF only that one is inside."""
    for shared in (ROOT / "shared", ROOT.parent / "shared"):
        truth = shared / "data/feeds/invoices/truth.json"
        if truth.exists():
            known = [((truth.parent / name).read_bytes(), said) for name, said in json.loads(truth.read_text()).items()]
            papers = sorted((shared / "data/documents/facturx").glob("*.pdf"))
            return [*known, *((path.read_bytes(), {}) for path in papers)]
    return []


def _is_right(content: bytes, said: dict[str, Any]) -> bool:
    paper = read(content).paper
    if paper is None or not said:
        return paper is not None and bool(paper.number and paper.lines)
    same = (paper.number, paper.date, len(paper.lines)) == (said["number"], said["date"], len(said["lines"]))
    return same and float(paper.total) == float(said["total"])
