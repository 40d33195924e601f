"""`bench feeds`: records from elsewhere, and invoices that programs wrote.

`rows_per_s`: prices of suppliers from a file to the journal, read by a process of its own, staged and taken one by one;
`again_per_s`: the same file again, which changes nothing. `xml_ms`: an invoice of 100 lines read and its sums checked,
the median. `exact`: of the electronic invoices that lie beside the project, the share whose number, day, total and
number of lines are read (0 where there are none).
`fields`: of the papers that lie beside the project (those with an invoice inside as if they had none), the share of
number, day and total that are read off their letters; `ocr_fields`: the same off pictures of them at 200 dots an inch,
and `ocr_s`: the longest that one of these papers took. With `--papers` the first so many of them, with 0 one that is
drawn here.
`rows`: of a catalogue as an authority publishes it, with every fiftieth row one that no product can be, the share that
is understood as it was meant; `wrong`: how many say something else, or were taken and should not be.
`differences`: products whose stock is not what another till sold of them, once `--hooks` webhooks came in any order, a
tenth of them twice, while the shop was killed `--kills` times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from edge.core.command_bus import CommandBus
from edge.core.registry import JobIssue
from edge.goods.catalog.commands import MANY, SetProducts
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings, ParsedRow
from edge.goods.ingest.published import find_published
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.supplier_invoices.ocr import words_of_picture
from edge.goods.supplier_invoices.paper_reader import read
from edge.goods.supplier_invoices.pdf_words import words_of_pdf
from edge.lib.einvoice import check, read_xml
from edge.lib.printed_invoice import PrintedInvoice, read_printed
from edge.lib.tables import TableRow
from sim.invoice_papers import pdf_of
from sim.published_catalogue import COLUMNS, rows_of
from tests.bench.fill import product
from tests.bench.measure import result
from tests.bench.till_hooks import differences
from tests.feeding import ingest
from tests.invoice_papers import SLIP
from tests.invoicing_in import ubl
from tests.shop_fixture import SYSTEM, done, open_shop

ROOT = Path(__file__).resolve().parents[2]
LINES = 100
ROUNDS = 20
BROKEN_EACH = 50
CREDIT_NOTES = ("381",)
"""Types of UNTDID 1001 whose amounts are read as negative."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench feeds", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--hooks", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--papers", type=int, default=100)
    parser.add_argument("--catalogue", type=int, default=5_000)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(_rows(Path(name), args.rows))
    with tempfile.TemporaryDirectory() as name:
        wrong, killed = asyncio.run(differences(Path(name), args.hooks, args.kills))
    figures |= {"differences": float(wrong), "killed": float(killed)}
    figures |= {"xml_ms": _xml_ms(), "exact": _exact(), **_papers(args.papers), **_published(args.catalogue)}
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


def _published(count: int) -> dict[str, float]:
    """How so many rows of a published catalogue are understood."""
    rows = rows_of(count)
    for at in range(0, count, BROKEN_EACH):
        rows[at] |= {"Minimum THC Content (%)": "120", "Maximum THC Content (%)": "130"}
    layout = find_published(COLUMNS)
    assert layout is not None
    raw = (TableRow(at, [row[column] for column in COLUMNS]) for at, row in enumerate(rows))
    converter = Converter(layout.mapping, ImportSettings("CAD", "en", "standard"))
    found = [converter.convert(row) for row in layout.rows(COLUMNS, raw, lambda word: word == "Dried Flower")]
    right = [_is_as_meant(at, row, one) for at, (row, one) in enumerate(zip(rows, found, strict=True))]
    return {"rows": sum(right) / len(right), "wrong": float(len(right) - sum(right))}


def _is_as_meant(at: int, row: dict[str, str], found: ParsedRow | JobIssue | None) -> bool:
    if at % BROKEN_EACH == 0:
        return isinstance(found, ParsedRow) and found.gate is not None and found.gate.code == "published_thc"
    if not isinstance(found, ParsedRow) or found.notes:
        return False
    one, low = found.product, 15 + at % 10
    thc = (one.attributes or {})["THC"]
    named = (one.names, one.sku) == ({"en": f"Harbour Kush {at}"}, row["OCS Variant Number"])
    priced = one.cost_minor == (15 + at % 30) * 100 + 50 and one.price_minor is None
    return named and priced and (thc.low, thc.high) == (low * 1000, (low + 6) * 1000) and one.size is not None


def _papers(most: int) -> dict[str, float]:
    """How much of the first papers is read; nothing where there are none. 0: of one that is drawn."""
    right, off_pictures, longest = [], [], 0.0
    drawn = (pdf_of(SLIP), (SLIP.number, "2027-01-12", 49.42))
    for content, said in islice(_printed_samples(), most) if most else (drawn,):
        with pdfium.PdfDocument(content) as file:
            right += _fields_right(read_printed(words_of_pdf(file)), said)
            began = time.perf_counter()
            words = [word for at in range(len(file)) for word in words_of_picture(_drawn(file[at]), at + 1)[0]]
            longest = max(longest, time.perf_counter() - began)
            off_pictures += _fields_right(read_printed(words), said)
    if not right:
        return {}
    shares = {"fields": sum(right) / len(right), "ocr_fields": sum(off_pictures) / len(off_pictures)}
    return {**shares, "ocr_s": longest}


def _drawn(page: Any) -> Any:
    return page.render(scale=200 / 72).to_pil().convert("L")


def _fields_right(found: PrintedInvoice, said: tuple[str, str, float]) -> list[bool]:
    number, date, total = said
    read_total = found.value_of("total")
    return [
        found.value_of("number") == number,
        found.value_of("date") == date,
        bool(read_total) and float(read_total) == total,
    ]


def _printed_samples() -> Iterator[tuple[bytes, tuple[str, str, float]]]:
    """Papers beside the project, with their number, day and total."""
    for shared in (ROOT / "shared", ROOT.parent / "shared"):
        for path in sorted((shared / "data/documents").glob("*/*.pdf")):
            truth, content = path.with_suffix(".json"), path.read_bytes()
            if truth.exists():
                said = json.loads(truth.read_text())[0]
                yield content, (said["invoice_number"], said["date"], float(said["amount"]))
            elif paper := read(content).paper:
                yield content, (paper.number, paper.date, float(paper.total))


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
    sign = -1 if said["type"] in CREDIT_NOTES else 1
    return same and float(paper.total) == sign * float(said["total"])
