"""Answers for customers: prices, product facts, comparisons, reviews, orders, hours.

Every figure comes from a query or is a difference of two. Nothing confidential (stock levels, an order's owner) is
included.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date

from edge.analytics.production.queries import ingredients_of
from edge.conversation.assistant.kiosk.modifier_choice import choose_modifiers
from edge.conversation.assistant.phrasing import full_name, say, say_amount, unit_of
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.said_modifier import SaidModifier
from edge.core.storage.database import Connection
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import StoreHours, is_open, spans_on
from edge.goods.catalog.categories.queries import product_attributes
from edge.goods.catalog.least_age import least_age
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.modifiers.modifier import Modifier, ModifierGroup, preset_refs, ref
from edge.goods.modifiers.queries import groups_of
from edge.goods.promotions.queries import promotions_of, read_promotions
from edge.goods.stock.queries import read_stock
from edge.lib.i18n import ENGLISH, number, translate
from edge.lib.i18n.dates import locale_of
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.written_money import written_money
from edge.ordering.orders.carts.cart_stock import portions_left
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import read_shop_orders, with_faults
from edge.ordering.recommend.queries import best_for_anybody, repeat_purchases, suggested_to_anybody
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.reviews.queries import ToldReviews

ATTRIBUTES = 12
TEXT_CHARS = 120
"""Maximum characters of an attribute or a review."""
QUOTED = 2
SHOWN = 6
"""Maximum items of one kind in an answer."""
BEST = 12
COMPARED = 6
OFFERED = 12
"""Maximum modifiers listed of one group."""
_ORDER_NUMBER = re.compile(r"\b([a-z]?)\s?-?(\d{1,6})\b")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ShopFacts(msgspec.Struct, frozen=True):
    """Facts for customers at one time, in one language.

    `here`: the store's jurisdiction; `suggesting`: the limits of suggestions.
    """

    db: Connection
    language: str
    currency: str
    zone: str
    today: str
    at_us: int
    here: Jurisdiction
    suggesting: RecommendSettings = RecommendSettings()

    def money(self, minor: int) -> str:
        return written_money(minor, self.currency, self.language, self.currency, self.here.country)

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, f"shop_{key}", **values)

    def basket(self, lines: Sequence[Any]) -> list[str]:
        """The first lines of a basket with their totals."""
        told = []
        for line in lines[:SHOWN]:
            name = line.names.get(self.language) or next(iter(line.names.values()), line.sku)
            told.append(
                f"{say_amount(line.quantity, line.unit, self.language)} {name}: {self.money(line.amount_minor)}"
            )
        return told

    def promotions(self) -> list[str]:
        """The names of current promotions."""
        running = (one.promotion for one in read_promotions(self.db, self.at_us))
        begun = [one for one in running if (one.from_us or 0) <= self.at_us]
        return [one.names.get(self.language) or next(iter(one.names.values()), one.id) for one in begun[:SHOWN]]

    def best_sellers(self, customer: str) -> list[str]:
        """Return best sellers that may be suggested, best first. For a `customer`, products they avoid are left out."""
        return best_for_anybody(self.db, self.suggesting, self.at_us, self.today, BEST, customer)

    def repeat_purchases(self, customer: str) -> list[str]:
        """Return products that a customer buys regularly and that may be suggested, if the customer consented."""
        again = repeat_purchases(self.db, customer, self.at_us, self.today)[: 4 * BEST]
        return self.suggest_products(again, (), customer=customer) if again else []

    def suggest_products(
        self, skus: Sequence[str], basket: Sequence[str], bought_with: bool = False, customer: str = ""
    ) -> list[str]:
        """Return the first of these products that may be suggested with the basket.

        For a `customer`, products they avoid are left out.
        """
        args = (self.db, self.suggesting, self.at_us, self.today)
        return suggested_to_anybody(*args, skus, BEST, basket, bought_with, customer)

    def price(self, product: CatalogProduct) -> str:
        name = full_name(product, self.language)
        if product.price_minor is None:
            return self._say("no_price", name=name)
        return self._say("price", name=name, price=self.money(product.price_minor))

    def price_of(self, product: CatalogProduct, quantity: int) -> str:
        """Return the price of a quantity in thousandths.

        It's the unit price for a single item, for weighed goods, and if a promotion may lower the price of several.
        """
        whole = product.unit == "piece" and quantity % THOUSANDTHS == 0 and quantity > THOUSANDTHS
        if product.price_minor is None or not whole or promotions_of(self.db, product.sku, self.at_us):
            return self.price(product)
        name = f"{say_amount(quantity, unit_of(product), self.language)} {full_name(product, self.language)}"
        return self._say("price", name=name, price=self.money(product.price_minor * quantity // THOUSANDTHS))

    def name_with_modifiers(self, product: CatalogProduct, modifiers: Collection[str]) -> str:
        """A product with its modifiers: "Latte (Oat milk)"."""
        names = [
            name_in(one.names, self.language)
            for group in (groups_of(self.db, product) if modifiers else ())
            for one in group.modifiers
            if ref(group, one) in modifiers
        ]
        name = full_name(product, self.language)
        return f"{name} ({', '.join(names)})" if names else name

    def price_with(self, product: CatalogProduct, said: Sequence[SaidModifier]) -> str:
        """Return the price with the requested modifiers; impossible modifiers are reported."""
        groups = groups_of(self.db, product)
        wish = choose_modifiers([msgspec.structs.replace(one, ask=False, least=0) for one in groups], said)
        if wish.strange is not None:
            return self._say("no_modifier", name=full_name(product, self.language), text=wish.strange.text)
        if wish.asked is not None or product.price_minor is None:
            return self.price(product)
        chosen = set(wish.chosen)
        more_minor = sum(
            one.price_beside(frozenset(chosen))
            for group in groups
            for one in group.modifiers
            if ref(group, one) in chosen
        )
        price = self.money(product.price_minor + more_minor)
        return self._say("price", name=self.name_with_modifiers(product, chosen), price=price)

    def choices_of(self, product: CatalogProduct) -> list[str]:
        """A product's modifiers with surcharges: "Milk: Whole milk / Oat milk (+0.60 EUR)"."""
        told = []
        groups = groups_of(self.db, product) if product.units == 1 else ()
        for group in groups:
            named = " / ".join(self.modifier(one, groups, preset_refs(groups)) for one in group.modifiers[:OFFERED])
            told.append(f"{name_in(group.names, self.language)}: {named}")
        return told

    def modifier(self, modifier: Modifier, groups: Iterable[ModifierGroup], chosen: Collection[str]) -> str:
        """Return a modifier with its surcharge next to the chosen ones, by size if that changes it."""
        name = name_in(modifier.names, self.language)
        price_minor = modifier.price_beside(chosen)
        told = [f"+{self.money(price_minor)}"] if price_minor else []
        sizes = {ref(group, one): name_in(one.names, self.language) for group in groups for one in group.modifiers}
        told += [
            f"{sizes[one.size]} +{self.money(one.price_minor)}"
            for one in modifier.sizes
            if one.size in sizes and one.price_minor != price_minor
        ]
        return f"{name} ({', '.join(told)})" if told else name

    def in_stock(self, product: CatalogProduct) -> str:
        """Whether the product is in stock, without the quantity. For a dish, whether its ingredients are."""
        there = portions_left(self.db, [product]) if product.leaves else {product.sku: read_stock(self.db, product.sku)}
        key = "in_stock" if there.get(product.sku, 1) > 0 else "out_of_stock"
        return self._say(key, name=full_name(product, self.language))

    def details(self, product: CatalogProduct) -> str:
        """The price, size, brand, attributes (legally required ones first), minimum age and modifiers, in one line."""
        facts = [product_matching.size_of(product), product.brand]
        made_of = partial(ingredients_of, today=self.today)
        for attribute in product_attributes(self.db, product, language=self.language, ingredients=made_of)[:ATTRIBUTES]:
            name = attribute.names.get(self.language) or attribute.names[ENGLISH]
            text = attribute.text if attribute.required else attribute.text[:TEXT_CHARS]
            facts.append(f"{name}: {text}")
        if age := self.least_age(product):
            facts.append(self._say("age", age=age))
        told = [self.price(product), *(fact for fact in facts if fact)]
        return ", ".join([*told, *self.choices_of(product)])

    def least_age(self, product: CatalogProduct) -> int:
        """The minimum age for the product; 0 if none."""
        return least_age(self.db, product, self.here)

    def compare_products(self, products: Sequence[CatalogProduct]) -> list[str]:
        """The facts of each product, and which costs less by how much."""
        shown = products[:COMPARED]
        lines = [self.details(product) for product in shown]
        priced = sorted((one.price_minor, place) for place, one in enumerate(shown) if one.price_minor is not None)
        if len(priced) == len(shown) and len(priced) > 1:
            (least, place), (second, _) = priced[:2]
            name = full_name(shown[place], self.language)
            less = self.money(second - least)
            lines.append(self._say("cheaper", name=name, less=less) if second > least else self._say("same_price"))
        return lines

    def reviews(self, product: CatalogProduct) -> list[str]:
        """The rating and the latest reviews. Their text is only shown, never interpreted."""
        found = ToldReviews(self.here).reviews(self.db, product.sku, limit=QUOTED)
        name = full_name(product, self.language)
        if not found.rating.count:
            return [self._say("no_reviews", name=name)]
        tenths = found.rating.tenths or 0
        stars = number(f"{tenths // 10}.{tenths % 10}", self.language)
        lines = [self._say("reviews", name=name, stars=stars, n=found.rating.count)]
        quoted = (" ".join(review.text.split())[:TEXT_CHARS] for review in found.reviews)
        return [*lines, *(f"“{text}”" for text in quoted if text)]

    def order(self, text: str) -> str:
        """Return the status of the order with this number, as its QR code shows it: without owner or contents."""
        said = _ORDER_NUMBER.search(text.lower())
        if said is None:
            return self._say("order_number")
        channel, digits = said.groups()
        known = [*read_shop_orders(self.db), *read_shop_orders(self.db, ended=True, business_date=self.today)]
        found = [one for one in known if _is_called(one, channel, digits)]
        if not found:
            return self._say("no_order", number=(channel + digits).upper())
        if len(found) > 1:
            return self._say("which_order", numbers=", ".join(one.said for one in found[:COMPARED]))
        (order,) = with_faults(self.db, ZoneInfo(self.zone), found, self.at_us)
        state = translate(self.language, f"order.{order.state}")
        return self._say("order_late" if order.late else "order", number=order.said, state=state)

    def has_hours(self) -> bool:
        """Whether opening hours were entered."""
        return read_hours(self.db) != StoreHours()

    def hours(self, day: str) -> str:
        """Return the opening hours of a day ("", "today", "tomorrow", "mon"...).

        For today, also say whether the shop is open now.
        """
        hours = read_hours(self.db)
        if hours == StoreHours():
            return self._say("hours")
        wanted = _date_of(day, date.fromisoformat(self.today))
        spans = ", ".join(f"{_clock(span.from_min)}-{_clock(span.until_min)}" for span in spans_on(hours, wanted))
        if wanted.isoformat() == self.today:
            now = self._say("open_now" if is_open(hours, ZoneInfo(self.zone), self.at_us) else "shut_now")
            told = self._say("hours_today", hours=spans) if spans else self._say("closed_today")
            return f"{told} {now}"
        shown = format_date(wanted, "full", locale=locale_of(self.language, self.here.country))
        return self._say("hours_on" if spans else "closed_on", day=shown, hours=spans)


def name_in(names: Mapping[str, str], language: str) -> str:
    """A name in a language, else the first available."""
    return names.get(language) or next(iter(names.values()), "")


def _is_called(order: KeptOrder, channel: str, digits: str) -> bool:
    said = order.said.lower()
    own = re.sub(r"\D", "", said).lstrip("0")
    return own == digits.lstrip("0") and (not channel or said.startswith(channel))


def _date_of(day: str, today: date) -> date:
    if day == "tomorrow":
        return today + timedelta(days=1)
    if day in DAYS:
        return today + timedelta(days=(DAYS.index(day) - today.weekday()) % 7)
    return today


def _clock(minutes: int) -> str:
    """Minutes of a day as HH:MM."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
