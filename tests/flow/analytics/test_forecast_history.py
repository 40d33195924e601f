"""A file of what was sold before is looked at before it is taken: its columns, what is wrong, what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.analytics.forecast.commands import ROWS_LIMIT, ImportHistory
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.ingest.import_folders import new_place
from tests.browser.serving import Served
from tests.flow.analytics.test_insight import Caller, job_done, opened
from tests.http_client import when
from tests.shop_fixture import CASHIER, MILK, SYSTEM, done, run

BOX = "4006381333948"
FILE = """When;What;How many;Note
2027-01-10;milk;2;a
2027-01-10;milk;3;twice
2027-01-11;{code};4;by its code
2027-01-11;milk;1;by its name
2027-01-12;nobody knows it;1;
soon;milk;1;
{today};milk;50;a day of our own
"""


async def prepared(served: Served) -> tuple[str, str]:
    """A sale of today, and a file: its path, and today."""
    await done(served.shop, AddLine(MILK), CASHIER)
    await done(served.shop, Pay("card"), CASHIER)
    (today,) = served.shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
    file = new_place(served.config.folder, "old till.csv")
    file.write_text(FILE.format(code=MILK, today=today))
    return str(file), today


def of(today: str) -> dict[str, Any]:
    """What each day of milk came to in the table that forecasts read."""
    return {"2027-01-10": 5_000, "2027-01-11": 5_000, today: 1_000}


async def taken(served: Served, command: ImportHistory, expected: dict[str, Any]) -> None:
    outcome = await done(served.shop, command, SYSTEM)
    await job_done(served, outcome.result)
    query = "SELECT business_date, sold FROM demand_day WHERE sku = 'milk'"

    async def days() -> dict[str, Any]:
        return dict(served.shop.reader.execute(query).fetchall())

    await when(days, lambda found: found == expected, "the days are in the tables", 60)


def test_a_file_is_looked_at_before_it_is_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            path, today = await prepared(served)
            status, unclear = await caller.post("forecasts/history", {"path": path})
            assert status == 200 and unclear["missing"] == ["day", "sold", "sku"], "its headings say nothing"
            assert unclear["header"] == ["When", "What", "How many", "Note"] and unclear["samples"][0][2] == "2"
            columns = {"day": "When", "sku": "What", "sold": "How many", "minor": ""}
            status, look = await caller.post("forecasts/history", {"path": path, "columns": columns})
            assert status == 200 and look["missing"] == []
            assert look["columns"] == {"day": "When", "sku": "What", "sold": "How many"}
            assert (look["lines"], look["wrong"], look["summed"], look["count"]) == (7, 1, 1, 5)
            assert (look["first"], look["last"]) == ("2027-01-10", today)
            assert (look["unknown_products"], look["unknown"]) == (1, ["nobody knows it"])
            assert look["merged"] == 1, "milk stands there by its name and by its code"
            assert (look["own_days"], look["brought_days"]) == (1, 0)
            assert [(note["line"], note["value"]) for note in look["notes"]] == [(7, "soon")]
            assert "HistoryRecorded" not in {row[0] for row in served.shop.reader.execute("SELECT type FROM journal")}
            await taken(served, ImportHistory(path, columns), of(today))
            again = (await caller.post("forecasts/history", {"path": path, "columns": columns}))[1]
            assert again["brought_days"] == 2, "nobody knows the product of the third"
            await taken(served, ImportHistory(path, columns, "replace"), {**of(today), today: 50_000})
            await _refused(served, caller)

    run(scenario(), 120)


async def _refused(served: Served, caller: Caller) -> None:
    """What is no file of ours, or no table."""
    other = new_place(served.config.folder, "picture.xlsx")
    other.write_bytes(b"\x89PNG\r\n")
    secret = served.config.folder / "panel.token"
    secret.write_text("key;secret\n1;swordfish\n")
    link = other.with_name("link.csv")
    link.symlink_to(secret)
    for body, status in (
        ({"path": "/etc/passwd"}, 422),
        ({"path": str(other.with_name("gone.csv"))}, 422),
        ({"path": str(secret)}, 422),
        ({"path": str(link)}, 422),
        ({"path": str(other)}, 422),
        ({"path": "\x00"}, 422),
        ({"path": 7}, 400),
    ):
        answered, problem = await caller.post("forecasts/history", body)
        assert answered == status and problem["error"]["message"], (body, answered)
        assert "swordfish" not in str(problem), "keys of the data folder are shown to nobody"
    outside = await done(served.shop, ImportHistory(str(secret)), SYSTEM)
    query = "SELECT message FROM job WHERE id = ?"

    async def why() -> str:
        return str(served.shop.reader.execute(query, (outside.result,)).fetchone()[0])

    await when(why, lambda told: told == "forecast.not_here", "nor does the job read them")


def test_all_codes_of_a_product_are_one_however_the_file_is_cut(tmp_path: Path) -> None:
    """A bottle by its code, six of them as a box, and by its name, with more rows between them than one piece has."""

    async def scenario() -> None:
        async with opened(tmp_path) as (served, _):
            boxes = (Product("milk", {"en": "Milk"}, (MILK,), 120, packs=(Pack(BOX, 6),)),)
            await done(served.shop, SetProducts(boxes), SYSTEM)
            between = (f"2027-01-11,{9 * 10**9 + at},1" for at in range(ROWS_LIMIT))
            lines = ("day,sku,sold", "2027-01-10,milk,7", f"2027-01-11,{BOX},2", *between, "2027-01-11,milk,1")
            file = new_place(served.config.folder, "till.csv")
            file.write_text("\n".join((*lines, f"2027-01-11,{MILK},4", "2027-01-12,milk,8")))
            expected = {"2027-01-10": 7_000, "2027-01-11": (2 * 6 + 1 + 4) * 1_000, "2027-01-12": 8_000}
            await taken(served, ImportHistory(str(file)), expected)

    run(scenario(), 120)
