"""What managers' questions are understood as: the half of the set beside the project that no one looked at.

A case is of the held half where the first byte of the SHA-256 of its id is odd. `meanings`: the share whose measure,
dimensions, filters, days, order and form are all meant; `wrong_figures`: how many were understood as something else,
without a word of doubt.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.copilot import Desk, Remembered
from edge.conversation.copilot.meaning.answerable import cannot_tell
from edge.conversation.copilot.meaning.model import Meaning, UnderstoodQuestion
from edge.conversation.copilot.meaning.times import days_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime
from edge.core.command_bus import CommandBus
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.lib.i18n import LANGUAGES
from tests.asked_questions import understand_query
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.shop_fixture import SYSTEM, done, open_shop

DATA = Path(__file__).parents[3] / "shared" / "data" / "dialogues"
TODAY = "2026-11-23"
PEOPLE = {"dana": "Dana", "avi": "Avi"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COMPARED = ("measure", "by", "order", "limit", "show")


async def meanings() -> dict[str, float]:
    """The figures; none where the set is not beside the project."""
    if not DATA.exists():
        print("no dialogues beside the project: managers' meanings are not measured")
        return {}
    with tempfile.TemporaryDirectory(prefix="bench-meanings-") as folder:
        async with open_shop(Path(folder), stocked=False) as shop:
            await _filled(shop)
            desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", TODAY, shop.now_us())
            results = [_result(shop, desk, case) for case in _held()]
    return {
        "meanings": results.count("right") / len(results),
        "wrong_figures": results.count("wrong"),
        "meanings_of": len(results),
    }


def _held() -> Iterator[dict[str, Any]]:
    for name in (*LANGUAGES, "mixed"):
        for case in json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")):
            if case["kind"] == "manager" and is_held(case["id"]):
                yield {**case, "language": name if name in LANGUAGES else "en"}


def is_held(id: str) -> bool:
    """Whether a case is of the half that no one looked at."""
    return hashlib.sha256(id.encode()).digest()[0] % 2 == 1


async def _filled(shop: CommandBus) -> None:
    """A shop with the goods and the people of the set."""
    for id, name in PEOPLE.items():
        await done(shop, SetUser(id, name, "manager", hash_pin(f"8642{len(id)}{len(name)}")), SYSTEM)
    groups = tuple(Category(row["id"], {one: row[one] for one in LANGUAGES}) for row in dialogue_rows("categories"))
    await done(shop, SetCategories(groups), SYSTEM)
    goods = tuple(
        Product(
            *(row["sku"], {one: row[one] for one in LANGUAGES}, (), round(float(row["price"]) * 100), "reduced"),
            row["unit"],  # type: ignore[arg-type]
            category=row["category"],
            container=row["container"],
            box=int(row["box"]),
        )
        for row in dialogue_rows("catalogue")
    )
    await done(shop, SetProducts(goods), SYSTEM)
    await catch_up(shop)


@cache
def dialogue_rows(name: str) -> list[dict[str, str]]:
    """A table of the set: `catalogue` or `categories`."""
    with (DATA / f"{name}.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _result(shop: CommandBus, desk: Desk, case: dict[str, Any]) -> str:
    """`right`, `asked`; or another meaning, of which nothing is told (`refused`) or a figure (`wrong`)."""
    before = Remembered()
    understood: list[UnderstoodQuestion] = []
    for turn in case["turns"]:
        understood = understand_query(shop.reader, desk, turn, case["language"], before)
        if understood[-1].complete:
            before = Remembered(understood[-1].meaning)
    asked = understood[-1]
    if not asked.complete:
        return "asked"
    if _same(asked.meaning, case["meaning"]):
        return "right"
    return "wrong" if cannot_tell(asked.meaning) is None else "refused"


def _same(got: Meaning, meant: dict[str, Any]) -> bool:
    said = msgspec.to_builtins(got)
    plain = all(list(said[key]) == meant[key] if key == "by" else said[key] == meant[key] for key in COMPARED)
    filters = {key: sorted(PEOPLE.get(one, one) for one in values) for key, values in got.filters.items()}
    days = got.period == named_days(meant["period"]) and got.compare == named_days(meant["compare"])
    return plain and days and filters == {key: sorted(values) for key, values in meant["filters"].items()}


def named_days(name: str) -> DaySpan | None:
    """Days as the set calls them: "last_week", "last_friday", "last_30_days", "03-01..03-10"."""
    if name in ("", "now"):
        return None
    if counted := re.fullmatch(r"(last|next)_(\d+)_(days|months)", name):
        return days_of(SaidTime(f"{counted[1]}_{counted[3]}", (int(counted[2]),)), TODAY)
    if name.removeprefix("last_") in WEEKDAYS:
        return days_of(SaidTime("weekday", (str(WEEKDAYS.index(name.removeprefix("last_"))),)), TODAY)
    if name.startswith("until_"):
        day = SaidTime("weekday", (str(WEEKDAYS.index(name.removeprefix("until_"))),))
        return days_of(SaidTime("until", (day,)), TODAY, ahead=True)
    if ".." in name:
        ends = [one.split("-") for one in name.split("..")]
        points = [SaidTime("date", (SaidTime("day_month", (int(day), month)),)) for month, day in ends]
        return days_of(SaidTime("range", tuple(points)), TODAY)
    return days_of(SaidTime(name), TODAY)
