"""A catalogue file becomes products that can be sold, by the job that really does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.app.demo_shop import demo_catalog
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobDeferred
from edge.core.jobs.store import CancelJob, JobNote, read_job, read_job_notes
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done, Event, Refused
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay
from edge.foundation.access.rights import CASHIER as CASHIER_RIGHTS
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.catalog.queries import count_products, find_by_code
from edge.goods.ingest.commands import UPLOADS, ImportCatalog
from edge.operations.ledger import Ledger
from tests.importing import csv_file, ean, import_file, job_runner, many, queue_import, until
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, config, open_shop, run

HEBREW = CONFIG.replace('"EUR"', '"ILS"').replace('language = "en"', 'language = "he"')


@asynccontextmanager
async def hebrew_shop(folder: Path) -> AsyncIterator[CommandBus]:
    ledger = Ledger(config(folder, HEBREW), FakeClock())
    shop = ledger.shop()
    shop.start()
    try:
        yield shop
    finally:
        shop.close()
        ledger.close()


def events(shop: CommandBus, *types: type[Event]) -> list[Event]:
    return [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, types)]


def test_a_hebrew_file_is_sold_from_with_hebrew_on_the_receipt(tmp_path: Path) -> None:
    text = 'ברקוד,שם מוצר,מחיר (₪),שקיל\n16000423534,"שיבולת שועל 500 ג\'",9.90,0\n7290000000022,עגבניות,5.90,1\n'

    async def scenario() -> None:
        async with hebrew_shop(tmp_path) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, text, "cp1255"))
            assert (job.state, job.cursor, job.total, notes) == ("done", 2, 2, [])
            assert isinstance(await shop.do(AddLine("0016000423534"), CASHIER), Done)
            weighed = await shop.do(AddLine("7290000000022"), CASHIER)
            assert isinstance(weighed, Done)
            (question,) = weighed.result.questions
            assert question.kind == "measure"
            assert isinstance(await shop.do(AnswerQuestion(question.id, quantity=1500), CASHIER), Done)
            paid = await shop.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done), paid
            printed = last_print_job(shop.reader, "1")
            assert printed is not None
            receipt = plain_text(printed.document)
            assert "ILS" in receipt
            assert "שיבולת שועל 500 ג'" in receipt
            assert "עגבניות" in receipt
            assert "18.75" in receipt, "9.90 and 1.5 kg at 5.90"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_product_without_a_price_is_asked_for_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, f"ean,name,price\n{ean(1)},Flowers,\n"))
            added = await shop.do(AddLine(ean(1)), CASHIER)
            assert isinstance(added, Done)
            assert [question.kind for question in added.result.questions] == ["price"]

    run(scenario())


def test_the_same_file_again_changes_nothing_and_new_prices_change_prices(tmp_path: Path) -> None:
    rows = f"{ean(1)},Milk,1.00\n{ean(2)},Bread,2.00\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            # The first price is another one, and not the one that counts: neither time is it written.
            path = csv_file(tmp_path, f"ean,name,price\n{ean(1)},Milk,0.90\n{rows}")
            await import_file(shop, path)
            head = shop.head
            job, _ = await import_file(shop, path)
            assert (job.state, job.cursor, shop.head) == ("done", 3, head)
            await import_file(shop, csv_file(tmp_path, "ean,name,price\n" + rows.replace("2.00", "2.50")))
            (changed,) = events(shop, PriceChanged)
            assert isinstance(changed, PriceChanged)
            assert (changed.sku, changed.price_minor, changed.was_minor) == ("0" + ean(2), 250, 200)
            assert (changed.source.name, changed.source.line, len(changed.source.checksum)) == ("prices", 3, 16)
            await import_file(shop, csv_file(tmp_path, f"ean,name,price\n{ean(2)},Rye bread,\n"))
            bread = find_by_code(shop.reader, ean(2))
            assert bread is not None
            assert (bread.names, bread.price_minor) == ({"en": "Rye bread"}, 250), "no price is no new price"

    run(scenario())


def test_the_report_names_bad_rows_and_codes_that_another_product_has(tmp_path: Path) -> None:
    text = f"sku,ean,name,price\na,{ean(1)},A,1\nb,{ean(2)},B,free\nc,{ean(1)},C,3\nd,4006381333932,D,4\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, text))
            assert job.state == "done"
            assert notes == [
                JobNote(3, "price", "free", "not_money", {"value": "free"}),
                JobNote(4, "ean", "0" + ean(1), "code_taken", {"owner": "a"}),
                JobNote(5, "ean", "4006381333932", "check_digit", {"digit": 1}),
            ]
            assert job.refused == 3
            assert count_products(shop.reader) == 3, "a, and c and d without their codes"

    run(scenario())


@pytest.mark.parametrize(
    ("content", "why", "told"),
    [
        (None, "sheet.missing", {"file": "bad.csv"}),
        ("", "sheet.empty", {"file": "bad.csv"}),
        ("a;b;c\n1;2;3\n", "ingest.not_understood", {"file": "bad.csv", "columns": "'a', 'b', 'c'"}),
    ],
)
def test_a_file_that_cannot_be_taken_fails_in_plain_words_and_the_next_one_goes_on(
    tmp_path: Path, content: str | None, why: str, told: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = tmp_path / "bad.csv" if content is None else csv_file(tmp_path, content, name="bad.csv")
            bad, good = await queue_import(shop, path), await queue_import(shop, many(tmp_path, 3))
            async with job_runner(shop):
                assert (await until(shop, good)).state == "done"
            failed = read_job(shop.reader, bad)
            assert failed is not None
            assert failed.state == "failed"
            assert (failed.message, failed.told) == (why, told)
            assert count_products(shop.reader) == 3

    run(scenario())


def test_a_cancelled_import_stops_and_keeps_what_it_did(tmp_path: Path) -> None:
    path = many(tmp_path, 3000)

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            id = await queue_import(shop, path)
            async with job_runner(shop):
                await until(shop, id, "running", cursor=100)
                assert isinstance(await shop.do(CancelJob(id), SYSTEM), Done)
                job = await until(shop, id, "cancelled")
            assert job.state == "cancelled"
            done = count_products(shop.reader)
            assert 100 <= done < 3000
            again, _ = await import_file(shop, path)
            assert again.state == "done"
            assert len(events(shop, ProductSet)) == 3000, "what was there is not written twice"

    run(scenario())


def test_an_import_goes_on_after_a_crash_without_a_row_lost_or_doubled(tmp_path: Path) -> None:
    path = many(tmp_path, 1000, wrong=range(0, 1000, 90))

    async def crashing(saves: int) -> None:
        """The progress can't be saved any more after some steps: the newest one is done and not noted."""
        async with open_shop(tmp_path, stocked=False) as shop:
            maintain, left = shop.maintain, saves

            async def failing(change: object) -> object:
                nonlocal left
                left -= 1
                return Refused("read_only", {"why": "power cut"}) if left < 0 else await maintain(change)  # type: ignore[arg-type]

            shop.maintain = failing  # type: ignore[method-assign, assignment]
            with pytest.raises(ExceptionGroup) as error:
                async with job_runner(shop) as runner:
                    await runner
            assert error.group_contains(JobDeferred)

    async def finished() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            async with job_runner(shop):
                job = await until(shop, 1)
            notes = read_job_notes(shop.reader, 1)
            assert (job.state, job.cursor, job.refused) == ("done", 1000, 12)
            assert [note.line for note in notes] == [row + 2 for row in range(0, 1000, 90)]
            assert len(events(shop, ProductSet)) == count_products(shop.reader) == 988
            assert verify(shop.reader, shop.registry).faults == ()

    async def queued() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            assert await queue_import(shop, path) == 1

    run(queued())
    run(crashing(3))
    run(crashing(4))
    run(finished())


def test_a_file_that_vanishes_in_mid_import_says_so(tmp_path: Path) -> None:
    path = many(tmp_path, 3000)

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            id = await queue_import(shop, path)
            async with job_runner(shop):
                await until(shop, id, "running", cursor=100)
            next((shop.path.parent / UPLOADS).glob("*/prices.csv")).unlink()
            async with job_runner(shop):
                job = await until(shop, id)
            assert job.state == "failed"
            assert job.message == "sheet.missing"
            assert job.cursor >= 100

    run(scenario())


def test_a_cashier_may_not_import(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            asked = await shop.do(ImportCatalog("x.csv"), Actor("cashier", "cashier", "1", CASHIER_RIGHTS))
            assert isinstance(asked, Refused)
            assert asked.code == "right_denied"

    run(scenario())


def test_the_demo_catalogue_is_taken_whole(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    demo_catalog.write(path)

    async def scenario() -> None:
        text = CONFIG + '[[tax.class]]\nid = "exempt"\n'
        async with open_shop(tmp_path / "shop", stocked=False, text=text) as shop:
            job, notes = await import_file(shop, path)
            assert (job.state, notes) == ("done", [])
            for product in demo_catalog.products():
                found = find_by_code(shop.reader, product.codes[0])
                assert found is not None
                assert (found.names, found.price_minor, found.min_age) == (
                    product.names,
                    product.price_minor,
                    product.min_age,
                )
            head = shop.head
            await import_file(shop, path)
            assert shop.head == head

    run(scenario())
