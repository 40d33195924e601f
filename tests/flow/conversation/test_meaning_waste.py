"""Waste told by two things at once: of what by whom, when, where and why, as it was entered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from edge.conversation.copilot import copilot
from edge.core.messages import Actor
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.lib.i18n import translate
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import GOODS, GROUPS, TODAY, Office, told, value
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

ENTERED = (
    ("dana", "milk", 3, "spill"),
    ("dana", "bread", 5, "expired"),
    ("marc", "milk", 2, "expired"),
    ("dana", "milk", 1, "expired"),
    ("marc", "bread", 4, "spill"),
)
COSTS = {"milk": 80, "bread": 50}
NAMES = {one.sku: (one.names or {})["en"] for one in GOODS}
WORDS = {cause: translate("en", f"moved_why.{cause}") for cause in ("spill", "expired")}


def test_waste_by_two_things_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts come to the whole, whatever it is told by; persons are found by their names."""

    monkeypatch.setattr(copilot, "TOOL_S", 30.0)  # what is told is looked at here, not how long a busy machine takes

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await done(shop, SetCategories(GROUPS), SYSTEM)
            await done(shop, SetProducts(GOODS), SYSTEM)
            for id in ("dana", "marc"):
                await done(shop, SetUser(id, id.title(), "cashier", hash_pin("864209")), SYSTEM)
            for sku, cost in COSTS.items():
                await done(shop, RecordMovement(sku, "in", 0, 50_000, unit_cost_minor=cost), SYSTEM)
            for who, sku, amount, cause in ENTERED:
                keeper = Actor(who, "chat", "1", frozenset({STOCK, MANAGE}))
                await done(shop, RecordMovement(sku, "waste", 0, amount * 1000, cause=cause), keeper)
                clock.advance(3600)
            await catch_up(shop)
            office = Office(shop, tmp_path, TODAY)
            for question, dimensions, key in (
                (
                    "waste by person and product",
                    ("person", "product"),
                    lambda by, sku, _: f"{by.title()} {NAMES[sku]}",
                ),
                (
                    "waste by product and reason",
                    ("product", "reason"),
                    lambda _, sku, of: f"{NAMES[sku]} {WORDS[of]}",
                ),
                ("waste by reason and person", ("reason", "person"), lambda who, _, why: f"{WORDS[why]} {who.title()}"),
            ):
                plain = Counter[str]()
                for who, sku, amount, cause in ENTERED:
                    plain[key(who, sku, cause)] += amount * COSTS[sku]
                assert told(await office.asks(f"{question} today"), *dimensions) == plain, question
            of_dana = sum(amount * COSTS["milk"] for who, sku, amount, _ in ENTERED if (who, sku) == ("dana", "milk"))
            for said, language in (
                ("how much milk did Dana waste today", "en"),
                ("les pertes de lait de Dana aujourd'hui", "fr"),
                ("הפחת של חלב של Dana היום", "he"),
            ):
                assert value(await office.asks(said, language)) == of_dana, said
            by_day = told(await office.asks("waste of milk by person and day this week"), "person", "day")
            assert sum(by_day.values()) == sum(n * COSTS["milk"] for _, sku, n, _ in ENTERED if sku == "milk"), by_day
            long = await office.asks("waste by person and product last year")
            assert not long.tool_calls and "92 days" in long.message, long

    run(scenario())
