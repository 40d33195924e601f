"""The shop as one SQLite file: what is in it is what the shop itself reports, and no one is."""

from __future__ import annotations

import json
import re
import sqlite3  # as whoever reads such a file has it: no ledger is opened by it
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3
import pytest

from edge.__main__ import main
from edge.core.command_bus import CommandBus
from edge.core.people.forgetting import ForgetPerson
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.commands import AddLine, AddReturn, Pay, RefundedLine, RefundSale, UseCustomer, VoidLastSale
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.lib.errors import NeedsHuman
from edge.operations.shop_file import export as shop_file
from edge.operations.shop_file import schema
from edge.operations.shop_file.export import describe, export
from edge.runtime.config import CONFIG as CONFIGURATION
from edge.web.api import exports
from edge.web.problem import Problem
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.customers import DANA, known
from tests.ordering import milk_order
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, config, done, open_shop, run

CHECK = re.compile(r"```python\n(.*?)```", re.DOTALL)
LAGER = Product("lager", {"en": "Lager", "fr": "Bière", "he": "בירה"}, ("4006381333948",), 500, category="drinks")


def asked(file: Path, question: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as db:
        return db.execute(question, values).fetchall()


def sound(file: Path) -> None:
    """By any SQLite: nothing is damaged, and nothing speaks of what is not there."""
    assert asked(file, "PRAGMA integrity_check") == [("ok",)]
    assert asked(file, "PRAGMA foreign_key_check") == []
    for (name,) in asked(file, "SELECT name FROM sqlite_schema WHERE type IN ('view', 'table')"):
        asked(file, f"SELECT * FROM {name} LIMIT 3")


async def trade(shop: CommandBus) -> None:
    """A supplier delivers; someone buys, someone brings back, one sale is undone."""
    await done(shop, SetCategories((Category("drinks", {"en": "Drinks"}),)), SYSTEM)
    await done(shop, SetProducts((LAGER,)), SYSTEM)
    await done(shop, buying.SetSupplier("brewery", {"en": "Brewery"}, contact_name="Ute Kern"), SYSTEM)
    await done(shop, buying.SetSupplierPrice("brewery", "lager", 150), SYSTEM)
    order = (
        await done(shop, buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 24_000),)), SYSTEM)
    ).result
    await done(shop, buying.ApprovePurchaseOrder(order), SYSTEM)
    await done(shop, buying.SendPurchaseOrder(order), SYSTEM)
    received = buying.ReceivePurchaseOrder(order, "DN 7", (buying.ReceiptLine("lager", 24_000),))
    await done(shop, received, MANAGER.with_rights("stock"))
    await sell(shop, "4006381333948", 3_000)
    await sell(shop, TOMATO, 1_250)
    await done(shop, RefundSale(1, lines=(RefundedLine(1, 1_000),)), MANAGER)
    await sell(shop, MILK, 2_000)
    await done(shop, VoidLastSale(), MANAGER)


async def sell(shop: CommandBus, code: str, quantity: int = 1_000) -> None:
    await done(shop, AddLine(code, quantity=quantity))
    await done(shop, Pay("cash", 5_000))


def test_the_file_says_what_the_shop_says(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await trade(shop)
            made = export(config(tmp_path), file, with_people=False)
            assert (made.is_new, made.seq) == (True, shop.head.seq)
            sound(file)
            await agrees(shop, file)

            assert not export(config(tmp_path), file, with_people=False).facts, "nothing happened meanwhile"
            await done(shop, AddLine(TOMATO, quantity=500))
            await done(shop, AddReturn(2, lines=(RefundedLine(1, 250),)), MANAGER)
            await done(shop, Pay("cash", 5_000))
            await milk_order(shop, 2)
            more = export(config(tmp_path), file, with_people=False)
            assert not more.is_new and 0 < more.facts < made.facts
            sound(file)
            await agrees(shop, file)
            assert asked(file, "SELECT name, quantity_milli, amount_minor FROM shop_order_line") == [
                ("Milk", 2000, 240)
            ]

            again = tmp_path / "again.sqlite"
            export(config(tmp_path), again, with_people=False)
            for (name,) in asked(file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%fts%'"):
                if name not in (schema.STATE, "product", "sqlite_sequence"):
                    everything = f"SELECT * FROM {name} ORDER BY 1, 2"
                    assert asked(file, everything) == asked(again, everything), name
            goods = "SELECT sku, name, category, price_minor, changed_seq FROM product ORDER BY sku"
            assert asked(file, goods) == asked(again, goods)

    run(scenario())


async def agrees(shop: CommandBus, file: Path) -> None:
    """Days, goods and stock are what the shop's own reports say."""
    await catch_up(shop)
    ours = shop.reader.execute(
        "SELECT business_date, sum(total_minor), count(*) FROM paper GROUP BY business_date"
    ).fetchall()
    assert asked(file, "SELECT business_date, taken_minor, sales + refunds + voids FROM sales_by_day") == ours
    (day, total_minor, _), *_ = ours
    assert read_day_sums(shop.reader, day).total_minor == total_minor
    sold = "SELECT sku, sum(quantity) / 1000.0, sum(minor) FROM paper_product GROUP BY sku HAVING sum(quantity) <> 0"
    found = asked(file, "SELECT sku, quantity, amount_minor FROM sales_by_product WHERE quantity <> 0 ORDER BY sku")
    assert found == shop.reader.execute(f"{sold} ORDER BY sku").fetchall()
    moved = asked(file, "SELECT sku, sum(delta_milli) FROM movement GROUP BY sku ORDER BY sku")
    assert moved == shop.reader.execute("SELECT sku, on_hand FROM stock ORDER BY sku").fetchall()
    assert asked(file, "SELECT on_hand, average_cost, value_minor, value FROM stock_value WHERE sku = 'lager'") == [
        (22.0, 1.5, 3300, 33.0)
    ]


def test_what_is_in_it_is_described_found_and_shown_in_decimals(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await trade(shop)
            export(config(tmp_path), file, with_people=False)

    run(scenario())
    sums = "SELECT business_date, total, paid, at FROM sale_decimal WHERE number = 1"
    assert asked(file, sums) == [("2027-01-15", 15.0, 15.0, "2027-01-15T08:00:00Z")]
    assert asked(file, "SELECT quantity, price FROM sale_line_decimal WHERE sku = 'tomato'") == [(1.25, 3.99)]
    search = "SELECT p.sku FROM product_fts JOIN product AS p ON p.id = product_fts.rowid WHERE product_fts MATCH ?"
    assert asked(file, search, "biere") == asked(file, search, "בירה") == [("lager",)]
    assert asked(file, "SELECT supplier, cost FROM purchases_by_supplier") == [("brewery", 36.0)]
    described = set(asked(file, "SELECT table_name, column_name FROM description"))
    for (name,) in asked(file, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"):
        if not name.startswith(("product_fts", "sqlite_")):
            columns = {column for _, column, *_ in asked(file, f"PRAGMA table_info({name})")} - {"id"}
            assert {(name, column) for column in columns} <= described, name
    assert asked(file, "SELECT table_name, column_name FROM description WHERE what = ''") == []
    told = json.loads(describe(file, with_people=False).read_text())["databases"]["shop"]["tables"]
    assert set(told["sale"]["columns"]) == {name for _, name, *_ in asked(file, "PRAGMA table_info(sale)")}


def test_no_one_is_in_it_unless_they_are_asked_for(tmp_path: Path) -> None:
    without, people = tmp_path / "without.sqlite", tmp_path / "people.sqlite"

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await trade(shop)
            dana = await known(shop)
            await done(shop, UseCustomer(dana))
            await sell(shop, MILK)
            export(config(tmp_path), without, with_people=False)
            raw = without.read_bytes()
            for said in (*DANA.values(), dana, "Ute Kern", "33612345678"):
                assert str(said).encode() not in raw, said
            export(config(tmp_path), people, with_people=True)
            sound(people)
            whose = "SELECT c.name, c.email FROM sale JOIN customer AS c ON c.id = sale.customer"
            assert asked(people, whose) == [("Dana Lévi", "dana@example.org")]
            assert asked(people, "SELECT DISTINCT cashier FROM sale") == [("cashier",)]
            await done(shop, ForgetPerson(dana), SYSTEM)
            export(config(tmp_path), people, with_people=True)
            sound(people)
            assert asked(people, whose) == [("", None)]

    run(scenario())


def _changed(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE sale SET paid_minor = 0")
        db.commit()


def _other_shop(file: Path) -> None:
    file.unlink()
    other = CONFIG.replace('id = "corner"', 'id = "other"')

    async def scenario() -> None:
        async with open_shop(file.parent / "other", text=other):
            export(config(file.parent / "other", other), file, with_people=False)

    run(scenario())


def _is_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_changed, "was changed after"),
        (lambda file: file.write_bytes(b"not a database at all"), "an export of a shop"),
        (lambda file: file.write_bytes((file.parent / "data" / "ledger.db").read_bytes()), "an export of a shop"),
        (lambda file: file.write_bytes(file.read_bytes()[:5_000]), "can't be written"),
        (_is_a_folder, "an export of a shop"),
        (_other_shop, "of another shop"),
    ],
)
def test_a_file_that_is_another_or_was_changed_is_left_alone(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    file = tmp_path / "shop.sqlite"

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await sell(shop, MILK)
            export(config(tmp_path), file, with_people=False)

    run(scenario())
    spoil(file)
    was = file.is_file() and file.read_bytes()
    with pytest.raises(NeedsHuman, match=said):
        export(config(tmp_path), file, with_people=False)
    assert (file.is_file() and file.read_bytes()) == was


def test_what_cannot_be_gone_on_with_and_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clock = tmp_path / "shop.sqlite", FakeClock()

    async def scenario() -> None:
        async with open_shop(tmp_path, clock) as shop:
            export(config(tmp_path), file, with_people=False)
            with pytest.raises(NeedsHuman, match="without people, and now they are asked for"):
                export(config(tmp_path), file, with_people=True)
            with pytest.raises(NeedsHuman, match="Folder"):
                export(config(tmp_path), tmp_path / "nowhere" / "a.sqlite", with_people=False)
            was = file.read_bytes()
            await done(
                shop, SetProducts(tuple(Product(f"p{n}", {"en": f"Product {n}" * 9}) for n in range(300))), SYSTEM
            )
            monkeypatch.setattr(shop_file.pysqlite3, "connect", _small)
            for target in (file, tmp_path / "new.sqlite"):
                with pytest.raises(NeedsHuman, match="Not enough space"):
                    export(config(tmp_path), target, with_people=False)
            monkeypatch.undo()
            assert file.read_bytes() == was, "an export that fails changes nothing"
            assert _exports(tmp_path) == ["shop.sqlite"], "and leaves nothing"
            monkeypatch.setattr(schema, "layout", lambda with_people: "other")
            with pytest.raises(NeedsHuman, match="another version"):
                export(config(tmp_path), file, with_people=False)

    run(scenario())


def _exports(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*sqlite*"))


def _small(*args: Any, **said: Any) -> Any:
    """A database on a disk that takes nothing more than an export begins with."""
    db = pysqlite3.dbapi2.connect(*args, **said)
    db.execute("PRAGMA max_page_count = 3")
    return db


def test_a_ledger_that_was_set_back_does_not_go_on_in_the_file(tmp_path: Path) -> None:
    file, clock = tmp_path / "shop.sqlite", FakeClock()

    async def scenario(folder: Path, code: str) -> None:
        async with open_shop(folder, clock) as shop:
            await sell(shop, code)
            await sell(shop, MILK)

    before, after = tmp_path / "before", tmp_path / "after"
    run(scenario(before, MILK))
    export(config(before), file, with_people=False)
    run(scenario(after, TOMATO))
    with pytest.raises(NeedsHuman, match="it was restored"):
        export(config(after), file, with_people=False)


def test_a_browser_fetches_it_with_the_right_to_manage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/api/v1/exports/shop.sqlite"

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            settings = served.site.services.of(CONFIGURATION).file
            settings.write_text(CONFIG)
            assert (await caller.get(address)).status == 403
            fetched = await caller.get(address, Grant=served.site.door.token)
            assert (fetched.status, fetched.headers["Content-Type"]) == (200, "application/vnd.sqlite3")
            assert fetched.headers["Content-Disposition"].endswith('"shop.sqlite"')
            assert fetched.text.startswith("SQLite format 3")
            monkeypatch.setattr(shop_file.pysqlite3, "connect", _small)
            asked_for = (str(settings), str(served.site.config.ledger), str(tmp_path / "new.sqlite"))
            with pytest.raises(Problem, match="no_room_for_export"):
                await exports.run_export(sys.executable, "-c", f"raise SystemExit({shop_file.main(list(asked_for))})")

    run(scenario())


def test_the_command_line_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await sell(shop, MILK)

    run(scenario())
    (tmp_path / "config.toml").write_text(CONFIG)
    command = ["--config", str(tmp_path / "config.toml"), "export", "sqlite", str(tmp_path / "shop.sqlite")]
    assert main(command) == 0
    assert "2 documents and stock movements" in capsys.readouterr().out
    assert (tmp_path / "shop.metadata.json").exists()
    sound(tmp_path / "shop.sqlite")
    assert main(command) == 0
    assert "no new documents" in capsys.readouterr().out
    _changed(tmp_path / "shop.sqlite")
    assert main(command) == 1
    assert "was changed after it was exported" in capsys.readouterr().err


def test_anyone_checks_the_chain_of_facts_by_the_published_rule(tmp_path: Path) -> None:
    """The program in docs/shop-file.md, run as printed by a Python without this software's modules."""

    async def sold() -> tuple[int, str]:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK), MANAGER)
            await done(shop, Pay("cash"), MANAGER)
            return shop.head.seq, shop.head.hash.hex()

    head = run(sold())
    text = (Path(shop_file.__file__).parents[3] / "docs/shop-file.md").read_text("utf-8")
    (program,) = CHECK.findall(text)
    (ledger,) = tmp_path.rglob("ledger.db")

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", "-c", program, str(ledger)], capture_output=True, text=True)

    assert check().stdout.split() == [str(head[0]), head[1]], check().stderr
    with closing(sqlite3.connect(ledger)) as db:
        guards = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall()
        for (guard,) in guards:
            db.execute(f"DROP TRIGGER {guard}")
        db.execute("UPDATE journal SET at_us = at_us + 1 WHERE seq = 3")
        db.commit()
    assert check().stderr == "fact 3 doesn't continue fact 2, or was changed\n"
