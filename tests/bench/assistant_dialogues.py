"""Conversations of the set beside the project, played in process: staff and customers, each as its case tells it.

A case is of the held half where the first byte of the SHA-256 of its id is odd. `right_*`: what it moves, what it puts
into the basket, what was asked before and what was said are all as they should be; `at_once_*`: the share of the right
ones in which no effect was shown for a confirmation before; `wrong`: cases that moved what was not to move, or by
another amount; `bound`: the one-sided 95 % bound of that, of all; `dialogues`: how many were played."""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from edge.core.command_bus import CommandBus
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_item, read_stock
from edge.lib.i18n import LANGUAGES
from edge.ordering.orders.commands import LeaveCart
from edge.ordering.orders.queries import cart_at
from tests.bench.assistant_meanings import DATA, dialogue_rows, is_held
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, KEEPER, Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, open_shop

ASKS = {
    "choosing_product": ("product",),
    "choosing_unit": ("unit", "quantity"),
    "asking_quantity": ("quantity", "unit"),
    "confirming_short": ("short",),
    "confirming": ("confirm",),
}
"""What a question is, as a case answers it; the first that it has, then the other."""
TRIES = 2
BOUND = 0.95


class PlayedCase(NamedTuple):
    """How a case ended: "right", "asked", "part" or "false"; and whether a confirmation was wanted on the way."""

    result: str
    confirmed: bool


async def dialogues(most: int, language: str = "") -> dict[str, float]:
    """The figures; none where the set is not beside the project. `most`: cases a file."""
    if not DATA.exists():
        print("no dialogues beside the project: conversations are not measured")
        return {}
    counts: dict[str, Counter[str]] = {}
    for name in (*LANGUAGES, "mixed"):
        cases = [one for one in json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")) if _is_played(one)]
        counts[name] = Counter()
        with tempfile.TemporaryDirectory(prefix="bench-dialogues-") as folder:
            async with open_shop(Path(folder), stocked=False) as shop:
                await _fill(shop)
                for case in cases[:most]:
                    played = await _play(shop, case, language or (name if name in LANGUAGES else "en"))
                    counts[name][played.result] += 1
                    counts[name]["at_once"] += played.result == "right" and not played.confirmed
    return _figures(counts)


def _is_played(case: dict[str, Any]) -> bool:
    return case["kind"] != "manager" and is_held(case["id"])


def _figures(counts: dict[str, Counter[str]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    results = ("right", "asked", "part", "false")
    for name, found in counts.items():
        figures[f"right_{name}"] = found["right"] / max(1, sum(found[one] for one in results))
        figures[f"at_once_{name}"] = found["at_once"] / max(1, found["right"])
    played = sum(found[one] for found in counts.values() for one in results)
    false = sum(found["false"] for found in counts.values())
    return figures | {"wrong": false, "bound": upper_bound(false, played), "dialogues": played}


def upper_bound(seen: int, count: int) -> float:
    """The one-sided 95 % bound of a rate of which `seen` of `count` were seen: exact, by halving.

    >>> round(upper_bound(0, 299), 4), upper_bound(2, 2)
    (0.01, 1.0)
    """
    if seen >= count:
        return 1.0
    low, high = seen / count, 1.0
    for _ in range(50):
        rate = (low + high) / 2
        likely = sum(math.comb(count, one) * rate**one * (1 - rate) ** (count - one) for one in range(seen + 1))
        low, high = (rate, high) if likely > 1 - BOUND else (low, rate)
    return high


def _goods() -> tuple[Product, ...]:
    return tuple(
        Product(
            *(row["sku"], {one: row[one] for one in LANGUAGES}, (), round(float(row["price"]) * 100), "reduced"),
            row["unit"],  # type: ignore[arg-type]
            category=row["category"],
            container=row["container"],
            box=int(row["box"]),
            minimum=round(float(row["minimum"]) * 1000),
        )
        for row in dialogue_rows("catalogue")
    )


async def _fill(shop: CommandBus) -> None:
    groups = (Category(row["id"], {one: row[one] for one in LANGUAGES}) for row in dialogue_rows("categories"))
    await done(shop, SetCategories(tuple(groups)), SYSTEM)
    await done(shop, SetProducts(_goods()), SYSTEM)
    for row in dialogue_rows("catalogue"):
        await _set(shop, row["sku"], int(row["boxes"]), float(row["units"]))
    await catch_up(shop)


async def _set(shop: CommandBus, sku: str, boxes: int, units: float) -> None:
    item = read_item(shop.reader, sku)
    if item is None or (item.boxes, item.units) != (boxes, round(units * 1000)):
        await done(shop, RecordMovement(sku, "adjust", boxes, round(units * 1000), reason="count"), SYSTEM)


async def _play(shop: CommandBus, case: dict[str, Any], language: str) -> PlayedCase:
    for sku, row in case.get("start", {}).items():
        await _set(shop, sku, int(row["boxes"]), float(row["units"]))
    rows = dialogue_rows("catalogue")
    before = {row["sku"]: read_stock(shop.reader, row["sku"]) for row in rows}
    actor, agent = {"manager": (BOSS, "stock"), "customer": (CUSTOMER, "shopping")}.get(
        case["actor"], (KEEPER, "stock")
    )
    talker, asked = Talker(shop, language, actor, agent), set[str]()
    for turn in case["turns"]:
        asked |= await _answered(talker, case["replies"], turn)
    moved = {sku: (read_stock(shop.reader, sku) - level) / 1000 for sku, level in before.items()}
    cart = await _cart(shop)
    for row in rows:
        await _set(shop, row["sku"], int(row["boxes"]), float(row["units"]))
    assert talker.last is not None
    said = talker.last.text + " " + " ".join(one.label for one in talker.last.options)
    return PlayedCase(_result(case, {k: v for k, v in moved.items() if v}, cart, asked, said), "confirm" in asked)


async def _answered(talker: Talker, replies: dict[str, str], turn: str) -> set[str]:
    """What was asked for behind a sentence; each kind is answered twice at most."""
    used: Counter[str] = Counter()
    answer = await talker.say(turn)
    asked: set[str] = set()
    while kinds := ASKS.get(answer.state):
        kind = "unit" if kinds[-1] in ("unit", "quantity") else kinds[0]
        asked.add(kind)
        said = [replies[one] for one in kinds if one in replies]
        if not said or used[kind] >= TRIES:
            break
        answer = await talker.say(said[min(used[kind], len(said) - 1)])
        used[kind] += 1
    return asked


async def _cart(shop: CommandBus) -> dict[str, float]:
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    if cart is None:
        return {}
    found: Counter[str] = Counter()
    for line in cart.lines:
        found[line.sku] += line.quantity
    await done(shop, LeaveCart(cart.id), SYSTEM)
    return {sku: quantity / 1000 for sku, quantity in found.items() if quantity}


def _result(case: dict[str, Any], moved: dict[str, float], cart: dict[str, float], asked: set[str], said: str) -> str:
    acted = _same(moved, case["stock"]) and _same(cart, case["cart"])
    must = {"unit" if one == "quantity" else one for one in case["must_ask"]}
    told = all(any(map(said.replace(",", ".").__contains__, one.split("|"))) for one in case["says"])
    if acted and must <= asked and told and not any(one in said for one in case["says_not"]):
        return "right"
    if not moved and not cart and (case["stock"] or case["cart"]):
        return "asked"
    wanted = (case["cart"] if case["actor"] == "customer" else case["stock"], case.get("first") or {})
    got = cart if case["actor"] == "customer" else moved
    is_part = all(any(abs(amount - one.get(sku, 0)) < 1e-6 for one in wanted) for sku, amount in got.items())
    return "part" if acted or is_part else "false"


def _same(got: dict[str, float], wanted: dict[str, float]) -> bool:
    return all(abs(got.get(sku, 0) - wanted.get(sku, 0)) < 1e-6 for sku in {*got, *wanted})
