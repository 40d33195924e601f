"""What is wanted on goods, said in a chat: at a kiosk by customers, and asked for by staff."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup, SizePrice
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import Talker
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

CUSTOMER = Actor("cashier", "chat", "2", frozenset({BASKET}), anonymous=True)
LATTE = Product("latte", {"en": "Latte", "fr": "Café latte", "he": "לאטה"}, (), 400, "reduced")
CROISSANT = Product("croissant", {"en": "Croissant", "fr": "Croissant", "he": "קרואסון"}, (), 250, "reduced")
BURGER = Product("burger", {"en": "Burger", "fr": "Burger", "he": "המבורגר"}, (), 1200, "reduced")
CARTON = Product(
    "carton", {"en": "Oat milk 1 l", "fr": "Lait d'avoine 1 l", "he": "חלב שיבולת 1 ליטר"}, (), 290, "reduced"
)
SIZE = ModifierGroup(
    "size",
    {"en": "Size", "fr": "Taille", "he": "גודל"},
    (
        Modifier("small", {"en": "Small", "fr": "Petit", "he": "קטן"}, preset=True),
        Modifier("large", {"en": "Large", "fr": "Grand", "he": "גדול"}, 100),
    ),
    ("latte",),
    least=1,
)
MILK = ModifierGroup(
    "milk",
    {"en": "Milk", "fr": "Lait", "he": "חלב"},
    (
        Modifier("whole", {"en": "Whole milk", "fr": "Lait entier", "he": "חלב מלא"}, preset=True),
        Modifier(
            *("oat", {"en": "Oat milk", "fr": "Lait d'avoine", "he": "חלב שיבולת"}, 60),
            sizes=(SizePrice("size/large", 80),),
        ),
    ),
    ("latte",),
    place=1,
)
SWEET = ModifierGroup(
    "sweet",
    {"en": "Sweet", "fr": "Sucré", "he": "מתוק"},
    (
        Modifier("sugar", {"en": "Sugar", "fr": "Sucre", "he": "סוכר"}, preset=True),
        Modifier("syrup", {"en": "Vanilla syrup", "fr": "Sirop de vanille", "he": "סירופ וניל"}, 50),
    ),
    ("latte",),
    most=2,
    place=2,
)
DONE = ModifierGroup(
    "done",
    {"en": "How done", "fr": "Cuisson", "he": "מידת עשייה"},
    (
        Modifier("rare", {"en": "Rare", "fr": "Saignant", "he": "נא"}),
        Modifier("medium", {"en": "Medium", "fr": "À point", "he": "מדיום"}),
    ),
    ("burger",),
    least=1,
)
ON_IT = ModifierGroup(
    "on",
    {"en": "On it", "fr": "Garniture", "he": "תוספות"},
    (
        Modifier("no-onion", {"en": "No onion", "fr": "Sans oignon", "he": "בלי בצל"}),
        Modifier("cheese", {"en": "Cheese", "fr": "Fromage", "he": "גבינה"}, 150),
    ),
    ("burger",),
    most=2,
    place=1,
)


@asynccontextmanager
async def cafe(tmp_path: Path) -> AsyncIterator[tuple[CommandBus, FakeClock]]:
    clock = FakeClock()
    async with open_shop(tmp_path, clock, stocked=False) as shop:
        await done(shop, SetProducts((LATTE, CROISSANT, BURGER, CARTON)), SYSTEM)
        for group in (SIZE, MILK, SWEET, DONE, ON_IT):
            await done(shop, SetModifierGroup(group), SYSTEM)
        await catch_up(shop)
        yield shop, clock


Line = tuple[str, int, tuple[str, ...], int]
"""Product, pieces, modifiers, price of one."""


async def said(shop: CommandBus, clock: FakeClock, language: str, *sentences: str) -> tuple[list[str], list[Line]]:
    """What sentences at a kiosk of their own are answered, and what lies in its basket then."""
    kiosk = f"k{clock.read().mono_us}"
    guest = Talker(shop, language, Actor("cashier", "chat", kiosk, frozenset({BASKET}), anonymous=True), "shopping")
    told: list[str] = []
    for sentence in sentences:
        clock.advance(4)
        told.append((await guest.say(sentence)).text)
    cart: Any = cart_at(shop.reader, kiosk, clock.read().at_us)
    lines = cart.lines if cart else ()
    return told, [
        (line.sku, line.quantity // 1000, tuple(one.ref for one in line.modifiers), line.price_minor) for line in lines
    ]


PLAIN = ("size/small", "milk/whole", "sweet/sugar")
OAT_UNSWEET = ("size/small", "milk/oat")


def test_what_is_wanted_on_it_is_chosen_as_it_is_said(tmp_path: Path) -> None:
    wanted: list[tuple[str, str, Line]] = [
        ("en", "a latte with oat milk, no sugar", ("latte", 1, OAT_UNSWEET, 460)),
        ("en", "two lattes with oat milk and without sugar please", ("latte", 2, OAT_UNSWEET, 460)),
        ("en", "one large oat milk latte, hold the sugar", ("latte", 1, ("size/large", "milk/oat"), 580)),
        ("en", "I would like a latte without sugar", ("latte", 1, ("size/small", "milk/whole"), 400)),
        ("en", "a latte with vanilla syrup", ("latte", 1, (*PLAIN, "sweet/syrup"), 450)),
        ("fr", "un café latte avec du lait d'avoine, sans sucre", ("latte", 1, OAT_UNSWEET, 460)),
        (
            *("fr", "je voudrais un grand café latte au lait d'avoine"),
            ("latte", 1, ("size/large", "milk/oat", "sweet/sugar"), 580),
        ),
        ("he", "לאטה אחד עם חלב שיבולת בלי סוכר", ("latte", 1, OAT_UNSWEET, 460)),
        ("he", "אני רוצה לאטה גדול ללא סוכר", ("latte", 1, ("size/large", "milk/whole"), 500)),
        ("en", "a latte", ("latte", 1, PLAIN, 400)),
    ]

    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            for language, sentence, line in wanted:
                told, basket = await said(shop, clock, language, sentence)
                assert basket == [line], (sentence, told)

    run(scenario())


def test_of_several_things_each_has_its_own(tmp_path: Path) -> None:
    oat, large = (("size/small", "milk/oat", "sweet/sugar"), ("size/large", "milk/whole", "sweet/sugar"))
    cases: list[tuple[str, list[Line]]] = [
        ("a croissant and a latte with oat milk", [("croissant", 1, (), 250), ("latte", 1, oat, 460)]),
        ("a latte with oat milk and a croissant", [("latte", 1, oat, 460), ("croissant", 1, (), 250)]),
        ("a croissant and a large latte", [("croissant", 1, (), 250), ("latte", 1, large, 500)]),
        ("a latte and an oat milk", [("latte", 1, PLAIN, 400), ("carton", 1, (), 290)]),
        ("a latte with a croissant", [("latte", 1, PLAIN, 400), ("croissant", 1, (), 250)]),
        (
            "2 lattes with oat milk and one latte without sugar",
            [("latte", 2, oat, 460), ("latte", 1, ("size/small", "milk/whole"), 400)],
        ),
    ]

    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            for sentence, lines in cases:
                told, basket = await said(shop, clock, "en", sentence)
                assert basket == lines, (sentence, told)

    run(scenario())


def test_a_required_choice_is_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            for language, sentence, asked, answer, line in (
                ("en", "a burger with no onion", "Burger, How done: Rare / Medium?", "medium please", "on/no-onion"),
                ("fr", "un burger sans oignon", "Burger, Cuisson : Saignant / À point ?", "à point", "on/no-onion"),
                ("he", "המבורגר עם גבינה", "המבורגר, מידת עשייה: נא / מדיום?", "מדיום", "on/cheese"),
            ):
                told, basket = await said(shop, clock, language, sentence, answer)
                assert told[0] == asked, told
                assert [(one[0], one[2]) for one in basket] == [("burger", ("done/medium", line))], told
            told, basket = await said(shop, clock, "en", "a burger", "blue", "never mind")
            assert not basket, told  # nothing is put in without it

    run(scenario())


def test_what_cannot_be_chosen_is_said_and_put_in_nowhere(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            for language, sentence, answer in (
                ("en", "a latte with cinnamon", "“cinnamon” isn't available for Latte."),
                ("en", "a latte without cinnamon", "“cinnamon” isn't available for Latte."),
                ("fr", "un café latte au chocolat", "Café latte : « chocolat » n'est pas proposé."),
                ("en", "a latte with milk", "Latte, Milk: Whole milk / Oat milk (+€0.60, Large +€0.80) / none?"),
                ("en", "is the latte without milk?", "Latte: no information on whether it is without milk."),
            ):
                told, basket = await said(shop, clock, language, sentence)
                assert told[0].startswith(answer), told
                assert not basket, sentence

    run(scenario())


def test_what_was_put_in_just_now_is_changed(tmp_path: Path) -> None:
    oat = ("size/small", "milk/oat", "sweet/sugar")
    cases: list[tuple[tuple[str, ...], list[Line]]] = [
        (("a latte", "with oat milk please"), [("latte", 1, oat, 460)]),
        (("a latte", "make it large"), [("latte", 1, ("size/large", "milk/whole", "sweet/sugar"), 500)]),
        (("a latte", "take out the sugar"), [("latte", 1, ("size/small", "milk/whole"), 400)]),
        (("a latte with oat milk", "one more"), [("latte", 2, oat, 460)]),
        (("a latte with oat milk", "no, two"), [("latte", 2, oat, 460)]),
        (("a latte with oat milk", "cancel"), []),
        (("a latte", "no sugar", "cancel"), [("latte", 1, PLAIN, 400)]),
        (("a latte with oat milk", "a latte", "remove the latte with oat milk"), [("latte", 1, PLAIN, 400)]),
    ]

    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            for sentences, lines in cases:
                told, basket = await said(shop, clock, "en", *sentences)
                assert basket == lines, (sentences, told)

    run(scenario())


def test_staff_and_customers_are_told_what_it_costs_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cafe(tmp_path) as (shop, clock):
            seller = Talker(shop, actor=Actor("sam", "chat", "1", frozenset({BASKET})))
            asked = "how much is a latte with oat milk?"
            assert (await seller.say(asked)).text == "Latte (Small, Oat milk, Sugar): €4.60"
            told, basket = await said(shop, clock, "en", asked, "tell me about the burger")
            assert told[0] == "Latte (Small, Oat milk, Sugar): €4.60"
            assert not basket
            assert told[1] == "Burger: €12.00, How done: Rare / Medium, On it: No onion / Cheese (+€1.50)"

    run(scenario())
