"""The demo's counter data: quick keys for goods without barcodes, payment methods, a gift card, paper coupons, loyalty
rules and six tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from msgspec.structs import replace

from edge.app.demo_shop import demo_catalog
from edge.core.messages import Command
from edge.counter.loyalty.commands import SetEarnRule, SetReward, SetTier
from edge.counter.loyalty.loyalty import EarnRule, Reward, Tier
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import PLACES, Colour, Key, KeyPage
from edge.counter.tables.commands import SetTable
from edge.counter.tables.table import FloorTable
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup, SizePrice
from edge.money.gift_cards.card import card_id, tail_of
from edge.money.gift_cards.commands import LoadCard
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender
from edge.people.coupons.commands import MakeCoupons, PrintCoupons

GIFT_CARD = "DEMO2026CARD"
COUPONS = 3
TABLES = 6
_SIZES = ModifierGroup(
    "size",
    {"en": "Size", "fr": "Taille", "he": "גודל"},
    (
        Modifier("regular", {"en": "Regular", "fr": "Normal", "he": "רגיל"}, preset=True),
        Modifier("large", {"en": "Large", "fr": "Grand", "he": "גדול"}, 300),
    ),
    least=1,
)
_MILK = ModifierGroup(
    "milk",
    {"en": "Milk", "fr": "Lait", "he": "חלב"},
    (
        Modifier("whole", {"en": "Whole milk", "fr": "Lait entier", "he": "חלב מלא"}, preset=True),
        Modifier(
            *("oat", {"en": "Oat milk", "fr": "Lait d'avoine", "he": "חלב שיבולת שועל"}, 200),
            sizes=(SizePrice("size/large", 300),),
        ),
    ),
    place=1,
)
"""Modifiers of the demo's hot drinks, chosen with the modifier key at a till and next to the product at the kiosk."""
_PAGES: tuple[tuple[int, Colour, dict[str, str]], ...] = (
    (2000, "orange", {"en": "Bakery", "fr": "Boulangerie", "he": "מאפייה"}),
    (8000, "green", {"en": "Fruit, weighed", "fr": "Fruits au poids", "he": "פירות בשקילה"}),
    (8500, "teal", {"en": "Fruit, by the piece", "fr": "Fruits à la pièce", "he": "פירות ביחידות"}),
    (9000, "brown", {"en": "Deli", "fr": "Traiteur", "he": "מעדנייה"}),
    (6000, "blue", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"}),
)
"""First product number of each page in the demo's catalogue."""
_TENDERS = (
    ShopTender("meal", {"en": "Meal card", "fr": "Titre-restaurant", "he": "כרטיס ארוחה"}),
    ShopTender("voucher", {"en": "Voucher", "fr": "Bon d'achat", "he": "שובר"}, "kept", back=False),
)

_POINTS = EarnRule("points", {"en": "Points", "fr": "Points", "he": "נקודות"}, points=1, spent_minor=100)
_COFFEES = EarnRule(
    "coffees", {"en": "Coffee card", "fr": "Carte café", "he": "כרטיסיית קפה"}, points=1, purse="coffee"
)
REWARDS = (
    Reward("five", {"en": "5.00 off", "fr": "5,00 de remise", "he": "5.00 הנחה"}, points=50, off_minor=500),
    Reward("coffee", {"en": "A coffee", "fr": "Un café", "he": "קפה"}, points=9, off_minor=1_200, purse="coffee"),
)
_GOLD = Tier("gold", {"en": "Gold", "fr": "Or", "he": "זהב"}, from_points=500, times_percent=150)


def layout() -> tuple[KeyPage, ...]:
    """Return the quick-key pages for products without barcodes."""
    pages = []
    for first, colour, names in _PAGES:
        goods = (one for one in demo_catalog.products() if one.sku.isdigit() and first <= int(one.sku) < first + 500)
        keys = tuple(Key(place, one.sku) for place, one in enumerate(islice(goods, PLACES)))
        pages.append(KeyPage(names, keys, colour))
    return tuple(page for page in pages if page.keys)


async def seed(do: Callable[[Command], Awaitable[Any]]) -> None:
    """Create the counter data through the command bus."""
    await do(SetQuickKeys(layout()))
    for tender in _TENDERS:
        await do(SetTender(tender))
    for group in (_SIZES, _MILK):
        await do(SetModifierGroup(replace(group, products=demo_catalog.hot_drinks())))
    for rule in (_POINTS, replace(_COFFEES, products=demo_catalog.hot_drinks())):
        await do(SetEarnRule(rule))
    for reward in REWARDS:
        await do(SetReward(reward))
    await do(SetTier(_GOLD))
    for number in range(1, TABLES + 1):
        await do(
            SetTable(FloorTable(f"t{number}", str(number), "", 4, (number - 1) % 3 * 2 + 1, (number - 1) // 3 + 1))
        )
    await do(SetRate("USD", 3_650_000))
    await do(LoadCard(card_id(GIFT_CARD), tail_of(GIFT_CARD), 10_000))
    today = datetime.now(UTC).date()
    coupons = MakeCoupons("Ten off", today - timedelta(days=1), today + timedelta(days=365), COUPONS, sum_minor=1_000)
    await do(PrintCoupons((await do(coupons)).result))
