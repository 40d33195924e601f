"""The books of a few days, read by the programs that accountants use: their sums are those of the reports."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from edge.accounting import books
from edge.accounting.books import fec
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Command, Done
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay, RefundedLine, RefundSale, SetQuantity, VoidLastSale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipts
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.lib.errors import InvariantBroken
from edge.lib.units.money import parse_minor
from tests.shop_fixture import BEER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, open_shop, run

SWISS = CONFIG.replace('currency = "EUR"', 'currency = "CHF"\ncash_step_minor = 5').replace('"VAT"', '"מע״מ; 1:2"')


async def done(shop: CommandBus, command: Command) -> Done:
    outcome = await shop.do(command, MANAGER)
    assert isinstance(outcome, Done), outcome
    return outcome


async def beers(shop: CommandBus, quantity: int) -> None:
    asked = await done(shop, AddLine(BEER))
    if asked.result.questions:
        asked = await done(shop, AnswerQuestion(asked.result.questions[0].id))
    await done(shop, SetQuantity(asked.result.lines[-1].id, quantity))


async def trade(shop: CommandBus, clock: FakeClock) -> None:
    """Cash with change and rounding, both tenders, a promotion, a void, refunds on the next day."""
    off = Promotion("milk", {"en": "Milk"}, PercentOff(10_000), Goods(("milk",)))
    assert isinstance(await shop.do(SetPromotion(off), SYSTEM), Done)
    await done(shop, AddLine(MILK))
    await done(shop, SetQuantity(1, 3000))
    await done(shop, Pay("cash", 1000))
    await beers(shop, 2000)
    await done(shop, Pay("cash", 200))
    await done(shop, Pay("card"))
    await beers(shop, 7000)
    await done(shop, Pay("card"))
    await done(shop, VoidLastSale())
    clock.advance(24 * 3600)
    await done(shop, RefundSale(1, lines=(RefundedLine(1, 1000),), reason='sour; "off"'))
    await done(shop, RefundSale(2, lines=(RefundedLine(2, 1000),)))


async def mind_a_drawer(shop: CommandBus) -> None:
    """A shift with a sale and every kind of move, whose drawer lacks 0.50 at its end."""
    await done(shop, OpenShift(5000))
    await done(shop, AddLine(MILK))
    await done(shop, Pay("cash", 110))
    await done(shop, MoveCash("top_up", 1000))
    await done(shop, MoveCash("payout", 350, "window: cleaner; Ltd"))
    await done(shop, MoveCash("drop", 2000))
    await done(shop, CloseShift(5000 + 110 + 1000 - 350 - 2000 - 50))
    await done(shop, OpenShift())


def export(folder: Path, form: str, *more: str) -> str:
    (folder / "config.toml").write_text(SWISS)
    words = [
        sys.executable,
        "-m",
        "edge",
        "--config",
        str(folder / "config.toml"),
        "journal",
        "export",
        "--format",
        form,
        *more,
    ]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def traded(folder: Path) -> int:
    """A ledger in `folder`, closed; the money that its receipts say was taken, in minor units."""

    async def scenario() -> int:
        clock = FakeClock()
        async with open_shop(folder, clock, text=SWISS) as shop:
            await trade(shop, clock)
            await mind_a_drawer(shop)
            return sum(receipt.total_minor for receipt in read_receipts(shop.reader, "1", limit=100))

    return int(run(scenario()))


@pytest.mark.needs("hledger")
def test_hledger_adds_up_to_what_the_receipts_say(tmp_path: Path) -> None:
    taken = traded(tmp_path)
    text = export(tmp_path, "hledger")
    ask = ["hledger", "-f", "-", "--strict"]
    subprocess.run([*ask, "check"], input=text, check=True, capture_output=True, text=True)
    words = [*ask, "balance", "assets", "-O", "csv", "--no-elide"]
    said = subprocess.run(words, input=text, check=True, capture_output=True, text=True).stdout
    balance = dict(csv.reader(io.StringIO(said)))
    money = {name: parse_minor(balance[name].removesuffix(" CHF"), "CHF") for name in sorted(balance) if ":" in name}
    assert money["assets:safe"] == -5000 - 1000 + 2000 + 3710
    assert sorted(money) == ["assets:cards", "assets:cash:1", "assets:safe"]
    assert sum(money.values()) == taken - 350 - 50, "less what was paid out, and what is missing"


@pytest.mark.needs("bean-check")
def test_beancount_takes_every_entry(tmp_path: Path) -> None:
    traded(tmp_path)
    path = tmp_path / "books.beancount"
    path.write_text(export(tmp_path, "beancount"))
    checked = subprocess.run(
        [Path(sys.executable).with_name("bean-check"), path], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert path.read_text().count(" * ") == 12


def test_a_table_for_a_spreadsheet_comes_to_nothing_a_paper(tmp_path: Path) -> None:
    taken = traded(tmp_path)
    rows = list(csv.DictReader(io.StringIO(export(tmp_path, "csv"))))
    papers: dict[str, int] = defaultdict(int)
    accounts: dict[str, int] = defaultdict(int)
    for row in rows:
        minor = parse_minor(row["amount"], row["currency"])
        papers[row["seq"]] += minor
        accounts[row["account"]] += minor
    assert len(papers) == 12 and not any(papers.values())
    assert (accounts["expenses:cash differences"], accounts["expenses:paid out of the drawer"]) == (50, 350)
    money = sum(minor for account, minor in accounts.items() if account.startswith("assets:"))
    assert money == taken - 350 - 50
    assert {row["date"] for row in rows} == {"2027-01-15", "2027-01-16"}


def test_what_was_sold_is_told_by_its_group_where_that_is_asked(tmp_path: Path) -> None:
    traded(tmp_path)

    async def sort() -> None:
        clock = FakeClock()
        clock.advance(2 * 24 * 3600)
        async with open_shop(tmp_path, clock, text=SWISS) as shop:
            groups = (Category("drinks", {"en": "Drinks"}), Category("dairy", {"en": "Dairy"}, parent="drinks"))
            assert isinstance(await shop.do(SetCategories(groups), SYSTEM), Done)
            product = SetProducts((Product("milk", category="dairy"),), Source("manager"))
            assert isinstance(await shop.do(product, SYSTEM), Done)

    run(sort())
    plain, told = (_accounts(export(tmp_path, "csv", *more)) for more in ((), ("--by-group",)))
    for whole in ("income:sales", "income:refunds"):
        by_group = {account: told.pop(account) for account in sorted(told) if account.startswith(whole)}
        assert set(by_group) == {whole, f"{whole}:drinks:dairy"} and all(by_group.values())
        assert sum(by_group.values()) == plain.pop(whole), "to the cent"
    assert told == plain


def _accounts(text: str) -> dict[str, int]:
    """What a table for a spreadsheet says, by account."""
    sums: dict[str, int] = defaultdict(int)
    for row in csv.DictReader(io.StringIO(text)):
        sums[row["account"]] += parse_minor(row["amount"], row["currency"])
    return sums


def test_what_does_not_come_to_nothing_stops_the_export(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            (sale,) = (fact for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SaleCompleted))
            assert isinstance(sale.event, SaleCompleted)
            wrong = msgspec.structs.replace(sale.event, net_minor=sale.event.net_minor + 1)
            with pytest.raises(InvariantBroken, match=f"#{sale.seq} .* off by -1 EUR"):
                list(books.entries([msgspec.structs.replace(sale, event=wrong)]))

    run(scenario())


def test_the_french_file_of_entries_is_balanced_numbered_and_of_the_plan(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await trade(shop, clock)
            await mind_a_drawer(shop)
            booked = list(books.entries(facts(shop.reader, shop.registry)))
            header, *rows = (line.split("\t") for line in fec.lines(booked))
            assert tuple(header) == fec.HEADER and {len(row) for row in rows} == {18}
            found = [dict(zip(header, row, strict=True)) for row in rows]
            sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
            for one in found:
                for at, side in enumerate(("Debit", "Credit")):
                    sums[one["EcritureNum"]][at] += parse_minor(one[side].replace(",", "."), "EUR")
            assert all(debit == credit > 0 for debit, credit in sums.values())
            assert list(map(int, sums)) == list(range(1, len(sums) + 1)), "without gaps"
            assert {one["CompteNum"] for one in found} >= {"531000", "511500", "707000", "707900", "445710550"}
            assert len({(one["CompteNum"], one["CompteLib"]) for one in found}) == len(
                {one["CompteNum"] for one in found}
            )
            assert not [one for one in found if "cleaner" in one["EcritureLib"]], "what was typed stays here"
            per_account: dict[str, int] = defaultdict(int)
            for entry in booked:
                for posting in entry.postings:
                    per_account[fec.account_of(posting.account)[0]] += posting.minor
            cash = [one for one in found if one["CompteNum"] == "531000"]
            as_said = [parse_minor(one[side].replace(",", "."), "EUR") for one in cash for side in ("Debit", "Credit")]
            assert sum(as_said[::2]) - sum(as_said[1::2]) == per_account["531000"]

    run(scenario())
