"""58,612 real shelf prices of five chains, imported once, and what can then be found at the till."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.jobs.store import Job, JobNote
from edge.goods.catalog import codes
from edge.goods.catalog.queries import count_products, find_by_code
from edge.lib.units.money import parse_minor
from tests.importing import five_chains, import_file
from tests.shop_fixture import CONFIG, open_shop, run

pytestmark = pytest.mark.slow

HEBREW = CONFIG.replace('"EUR"', '"ILS"').replace('language = "en"', 'language = "he"')
CODE, NAME, PRICE, WEIGHED, CHAIN, BOX = "ברקוד", "שם מוצר", "מחיר (₪)", "שקיל", "רשת", "כמות באריזה"


def rows() -> Iterator[dict[str, str]]:
    with gzip.open(five_chains(), "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def good(row: dict[str, str]) -> bool:
    return codes.wrong(row[CODE]) is None


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Job, list[JobNote]]:
    """A shop's folder into which the whole file was imported."""
    folder = tmp_path_factory.mktemp("five-chains")

    async def scenario() -> tuple[Job, list[JobNote]]:
        async with open_shop(folder, stocked=False, text=HEBREW) as shop:
            return await import_file(shop, five_chains())

    job, notes = run(scenario(), limit_s=300)
    return folder, job, notes


def test_every_row_is_taken_or_reported(imported: tuple[Path, Job, list[JobNote]]) -> None:
    _, job, notes = imported
    bad = {place + 2 for place, row in enumerate(rows()) if not good(row)}
    assert (job.state, job.cursor, job.total) == ("done", 58_612, 58_612)
    assert {note.line for note in notes if note.field == CODE} == bad
    assert len(bad) >= 149
    assert all(note.reason == "check_digit" for note in notes if note.field == CODE)
    odd = [note for note in notes if note.field != CODE]
    assert all((note.field, note.reason) == (BOX, "not_whole") for note in odd), "a box of 1.75"
    assert job.refused == len(notes) == len(bad) + len(odd)


def test_every_good_row_is_found_by_its_code_with_the_last_price(imported: tuple[Path, Job, list[JobNote]]) -> None:
    last = {codes.normal(row[CODE]): row for row in rows() if good(row)}

    async def scenario() -> None:
        async with open_shop(imported[0], stocked=False, text=HEBREW) as shop:
            assert count_products(shop.reader) == len(last)
            for code in {row[CODE] for row in rows() if good(row)}:
                row = last[codes.normal(code)]
                written = {code, code.zfill(12), code.zfill(13)} if codes.is_gtin(code) else {code}
                for text in written:
                    product = find_by_code(shop.reader, text)
                    assert product is not None, text
                    assert product.names == {"he": row[NAME].strip().replace("\t", " ")}
                    assert product.price_minor == parse_minor(row[PRICE], "ILS")
                    assert product.unit == ("kg" if row[WEIGHED] == "1" else "piece")

    run(scenario(), limit_s=300)


def test_the_same_file_again_writes_nothing(imported: tuple[Path, Job, list[JobNote]]) -> None:
    async def scenario() -> None:
        async with open_shop(imported[0], stocked=False, text=HEBREW) as shop:
            head = shop.head
            job, _ = await import_file(shop, five_chains())
            assert (job.state, shop.head) == ("done", head)

    run(scenario(), limit_s=300)


def test_a_mapping_picks_one_chain(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        f'[columns]\n"{CODE}" = "code"\n"{NAME}" = "name.he"\n"{PRICE}" = "price"\n"{WEIGHED}" = "weighed"\n'
        f'[where]\n"{CHAIN}" = "אושר עד"\n',
        encoding="utf-8",
    )
    chain = {codes.normal(row[CODE]): row for row in rows() if row[CHAIN] == "אושר עד" and good(row)}

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=HEBREW) as shop:
            job, notes = await import_file(shop, five_chains(), mapping)
            assert (job.state, job.cursor) == ("done", 58_612)
            assert count_products(shop.reader) == len(chain)
            assert len(notes) == sum(row[CHAIN] == "אושר עד" and not good(row) for row in rows())
            head = shop.head
            await import_file(shop, five_chains(), mapping)
            assert shop.head == head

    run(scenario(), limit_s=300)
