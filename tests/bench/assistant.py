"""`bench assistant`: what is said about stock, understood; what is not about it, left alone; and how long a turn takes.

Conversations of the set beside the project come first (`assistant_dialogues.py`). Templates: sentences made of the
demo's goods in three languages, verbs, numbers in digits and words (`made_*`). Half of them (by their place) are for
looking at while rules are changed; the figures are of the other half. False actions are sentences of the sets beside
the project (kiosk questions and out of scope, coffee orders) that move anything. A turn is looked up and taken as the
API does it, among 60,000 products.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge.app.demo_shop import demo_catalog
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import Desk, Remembered
from edge.conversation.understanding import product_matching
from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.queries import Search
from edge.goods.search.spoken import as_said
from edge.goods.stock.commands import RecordMovement
from edge.operations.ledger import Ledger
from tests.articles import cannabis, five_chains, present, products
from tests.asked_questions import understand_query
from tests.bench.assistant_dialogues import dialogues
from tests.bench.assistant_meanings import meanings
from tests.bench.assistant_till import till_beside
from tests.bench.assistant_voice import spoken
from tests.bench.fill import bench_config, put_products
from tests.bench.measure import percentile, result
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, STOCKED, Talker
from tests.shop_fixture import SYSTEM, done

DATA = Path(__file__).parents[3] / "shared" / "data" / "chat_en"
BOUND = 3.0
"""Of none in n, the one-sided 95 % bound is 3 in n."""
VERBS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "out": ("took", "i took", "we used", "removed"),
        "in": ("received", "we got in", "put back"),
        "waste": ("threw away", "wasted"),
    },
    "fr": {
        "out": ("j'ai pris", "on a pris", "sorti"),
        "in": ("reçu", "j'ai reçu", "livré"),
        "waste": ("jeté", "j'ai jeté"),
    },
    "he": {
        "out": ("לקחתי", "הוצאתי", "לקחנו"),
        "in": ("קיבלתי", "הגיעו", "הכנסתי"),
        "waste": ("זרקתי", "התקלקלו", "זרקנו"),
    },
}
NUMBERS: dict[str, dict[int, str]] = {
    "en": {
        1: "one",
        2: "two",
        3: "three",
        7: "seven",
        11: "eleven",
        12: "a dozen",
        15: "fifteen",
        21: "twenty one",
        40: "forty",
    },
    "fr": {
        1: "un",
        2: "deux",
        3: "trois",
        7: "sept",
        11: "onze",
        12: "une douzaine de",
        15: "quinze",
        21: "vingt et un",
    },
    "he": {2: "שני", 3: "שלושה", 7: "שבעה", 10: "עשרה", 11: "אחד עשר", 12: "תריסר", 15: "חמישה עשר", 21: "עשרים ואחד"},
}
TAILS = {
    "en": ("", "", " today", " please"),
    "fr": ("", "", " aujourd'hui", " merci"),
    "he": ("", "", " היום", " בבקשה"),
}
KILOS = {"en": "{n} kg of {name}", "fr": "{n} kilos de {name}", "he": "{n} קילו {name}"}


class Case(NamedTuple):
    """A sentence, and what it is to move: type, product, thousandths."""

    said: str
    type: str
    sku: str
    units: int


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench assistant")
    parser.add_argument("--cases", type=int, default=300, help="sentences a language")
    parser.add_argument("--products", type=int, default=60_000)
    parser.add_argument("--others", type=int, default=10_000, help="sentences that must move nothing, at most")
    parser.add_argument("--dialogues", type=int, default=1000, help="conversations a file, of the half held out")
    parser.add_argument("--misses", type=int, default=0, help="how many wrong answers of the half for tuning are shown")
    parser.add_argument("--spoken", type=int, default=40, help="recordings of orders")
    parser.add_argument("--scans", type=int, default=600, help="at the till, in peace and while all of it is busy")
    args = parser.parse_args(argv)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-assistant-") as name:
        ledger = Ledger(bench_config(Path(name)))
        try:
            figures |= asyncio.run(_understood(ledger, args))
        finally:
            ledger.close()
    with tempfile.TemporaryDirectory(prefix="bench-assistant-") as name:
        ledger = Ledger(bench_config(Path(name)))
        try:
            figures |= asyncio.run(_timed(ledger, args))
        finally:
            ledger.close()
    figures |= asyncio.run(dialogues(args.dialogues))
    figures |= asyncio.run(meanings())
    figures |= asyncio.run(spoken(args.spoken))
    figures |= asyncio.run(till_beside(args.scans))
    result(**figures)
    return 0


async def _understood(ledger: Ledger, args: argparse.Namespace) -> dict[str, float]:
    shop = ledger.shop()
    shop.start()
    try:
        await done(shop, SetProducts((*_goods(), *GOODS)), SYSTEM)
        for product in _goods():
            await done(shop, RecordMovement(product.sku, "in", 0, 10_000_000), SYSTEM)
        for sku in STOCKED:
            await done(shop, RecordMovement(sku, "in", 0, 2_000_000), SYSTEM)
        await catch_up(shop)
        figures: dict[str, float] = {}
        for language in VERBS:
            cases = list(_cases(shop, language, args.cases))
            right = [await _right(shop, language, case, args if at % 2 else None) for at, case in enumerate(cases)]
            held = right[::2]
            figures[f"made_right_{language}"] = held.count("right") / len(held)
            figures[f"made_asked_{language}"] = held.count("asked") / len(held)
            figures[f"made_wrong_{language}"] = right.count("wrong")
        false, sentences = await _false_actions(shop, args.others)
        figures |= {"false_actions": false, "out_of_scope": sentences}
        figures["false_bound"] = BOUND / sentences if sentences and not false else 0.0
        return figures
    finally:
        shop.close()


def _goods() -> tuple[Product, ...]:
    """The demo's, with the taxes of this shop."""
    return tuple(msgspec.structs.replace(product, tax_class="reduced") for product in demo_catalog.products())


def _cases(shop: CommandBus, language: str, count: int) -> Iterator[Case]:
    """Sentences about goods that their short names mean alone; a shop where two are called so is asked, rightly."""
    rnd, search = random.Random(22), Search("ILS")
    names = {}
    for product in _goods():
        said = as_said((product.names or {}).get(language, ""))
        found = product_matching.match(shop.reader, search, said) if said else None
        if found and found.kind == "all" and found.skus == (product.sku,):
            names[said] = product
    known = sorted(names)
    for _ in range(count):
        name = rnd.choice(known)
        product, verb = names[name], rnd.choice(sorted(VERBS[language]))
        said = rnd.choice(VERBS[language][verb])
        number = rnd.choice((rnd.randint(1, 60), *NUMBERS[language]))
        amount = NUMBERS[language].get(number, str(number)) if rnd.random() < 0.5 else str(number)
        what = f"{amount} {name}"
        if product.unit == "kg":
            what = KILOS[language].format(n=number, name=name)
        yield Case(f"{said} {what}{rnd.choice(TAILS[language])}", verb, product.sku, number * 1000)


async def _right(shop: CommandBus, language: str, case: Case, shown: argparse.Namespace | None) -> str:
    """`right`, `asked`, or `wrong`: something else moved."""
    talker = Talker(shop, language, BOSS)
    answer = await talker.say(case.said)
    moved = [(one.type, one.sku, abs(one.units)) for one in answer.movements]
    if moved == [(case.type, case.sku, case.units)]:
        return "right"
    if shown and shown.misses > 0:
        shown.misses -= 1
        print(f"{language}: {case.said} | {case} | {moved} | {answer.text}")
    return "wrong" if moved else "asked"


async def _false_actions(shop: CommandBus, most: int) -> tuple[int, int]:
    """Sentences that are not about this stock and moved something; and how many there were."""
    false = count = 0
    for said in islice(_others(), most):
        staff = await Talker(shop, "en", BOSS).say(said[:1000])
        count += 1
        if staff.movements:
            false += 1
            print(f"false action: {said!r}: {staff.text}")
    return false, count


def _others() -> Iterator[str]:
    if not DATA.exists():
        print("no sets beside the project: false actions are not measured")
        return
    kiosk = json.loads((DATA / "clinc_kiosk_val.json").read_text())
    for sentences in kiosk.values():
        yield from (said for said, _ in sentences)
    for dialog in json.loads((DATA / "taskmaster4_coffee_250.json").read_text()):
        yield from (one["text"] for one in dialog["utterances"] if one["speaker"] == "user" and one["text"].strip())


async def _timed(ledger: Ledger, args: argparse.Namespace) -> dict[str, float]:
    """A turn and a copilot's answer among many products."""
    articles = [*five_chains(), *cannabis()][: args.products] if present() else []
    put_products(ledger, list(products(articles)) or list(_goods()))
    shop = ledger.shop()
    shop.start()
    try:
        await catch_up(shop)
        rnd = random.Random(22)
        names = [one.name for one in articles] or [(one.names or {})["he"] for one in _goods()]
        turns: list[float] = []
        for _ in range(200):
            name = as_said(rnd.choice(names)) or "חלב"
            said = rnd.choice((f"קיבלתי {rnd.randint(2, 20)} {name}", f"לקחתי 3 {name}", f"כמה {name} יש?"))
            began = time.perf_counter()
            await Talker(shop, "he", BOSS).say(said)
            turns.append((time.perf_counter() - began) * 1000)
        desk = Desk(shop.open_reader, shop.registry, BOSS, "ILS", "2026-11-21", shop.now_us())
        answers: list[float] = []
        for _ in range(100):
            query = rnd.choice(("what is running low?", "sales today", f"כמה {as_said(rnd.choice(names))} יש לנו?"))
            began = time.perf_counter()
            understood = understand_query(shop.reader, desk, query, "en", Remembered())
            await copilot.answer(desk, understood, "a" * 32)
            answers.append((time.perf_counter() - began) * 1000)
        return {
            "turn_p95_ms": percentile(turns, 0.95),
            "turn_p50_ms": percentile(turns, 0.5),
            "copilot_p95_ms": percentile(answers, 0.95),
            "products": len(articles),
        }
    finally:
        shop.close()
