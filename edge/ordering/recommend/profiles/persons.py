"""A person's purchase profile, computed only with their consent and never stored.

It's computed from their sales on request and discarded with the answer, so a withdrawn consent, a merge, a refund or
`ForgetCustomer` takes effect at once. Purchases are weighted by `2 ** (-age / 28 days)`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import get_args

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.allergen_words import allergen_keys
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.queries import json_text, read_products
from edge.lib.units.dates import after
from edge.ordering.recommend.never import Avoided
from edge.ordering.recommend.profiles.past import read_past
from edge.ordering.recommend.suggestible import strength_of
from edge.people.customers.customer import Preferences, TasteKind
from edge.people.customers.queries import all_ids, consents_to, read_customer, resolve

HALF_LIFE_US = 28 * 24 * 3600 * 1_000_000
PURCHASES_MOST = 2_000
LEAST_PURCHASES = 3
AGAIN_LEAST = 2
FAVOURITE_SHARE = 0.2
LAST_BASKETS, MEAN_BASKETS, BASKET_DAYS = 3, 20, 90
BEFORE_OWN_US = 2**62
STRAIN_TYPE = "strain type"
TASTES: tuple[TasteKind, ...] = get_args(TasteKind)
"""Kinds of taste, in the order of a profile."""
_GOODS = """
    SELECT g.seq, g.sku, g.quantity, p.at_us, p.business_date, p.total_minor, p.kind FROM customer_paper p
    JOIN customer_goods g ON g.seq = p.seq AND g.customer = p.customer
    WHERE p.customer IN (SELECT value FROM json_each(?)) AND p.voided_by IS NULL ORDER BY p.seq DESC LIMIT ?
"""


class Purchases(msgspec.Struct, frozen=True):
    """A person's purchases, without returned goods.

    By SKU, the decayed weight and the number of papers; and the SKUs of their sales, the newest first. `totals`: totals
    of their recent sales. `baskets`: the number of sales in the last 90 days. `imported`: how many of the papers are
    days at the shop's previous system.
    """

    weights: dict[str, float]
    times: dict[str, int]
    sales: list[set[str]]
    totals_minor: list[int]
    baskets: int
    imported: dict[str, int] = {}

    @property
    def again(self) -> list[str]:
        """A person's repeat purchases, the strongest recent ones first."""
        found = [sku for sku, times in self.times.items() if times >= AGAIN_LEAST and self.weights.get(sku, 0) > 0]
        return sorted(found, key=lambda sku: (-self.weights[sku], sku))


class TasteProfile(msgspec.Struct, frozen=True):
    """A summary of purchases.

    `imported`: purchases at the shop's previous system. THC and CBD are the 10th and 90th percentile of upper values,
    in thousandths, by unit; `categories`, `brands`, `strain_types`: those with at least a fifth of the total weight.
    """

    purchases: int
    baskets: int
    mean_minor: int
    strengths: dict[str, tuple[int, int]]
    categories: list[str]
    brands: list[str]
    strain_types: list[str]
    imported: int = 0


def may_advise(db: Connection, customer: str, at_us: int) -> bool:
    """Whether a person wants suggestions based on their purchases: both consents are given."""
    return all(consents_to(db, customer, purpose, at_us) for purpose in ("profile", "recommendations"))


def read_purchases(db: Connection, customer: str, at_us: int, today: str) -> Purchases:
    """A customer's purchases, including those under merged ids. `customer` must have consented.

    Returns are deducted. Products of tastes that the customer marked as not theirs get no weight and are left out of
    sales.
    """
    ids = all_ids(db, customer)
    rows = db.execute(_GOODS, (json_text(ids), PURCHASES_MOST)).fetchall()
    weights: dict[str, float] = {}
    net: dict[str, int] = {}
    papers: dict[str, set[int]] = {}
    sales: dict[int, set[str]] = {}
    totals: dict[int, tuple[int, str]] = {}
    for seq, sku, quantity, when_us, day, total_minor, kind in rows:
        sign = 1 if quantity > 0 else -1
        weights[sku] = weights.get(sku, 0.0) + sign * 2.0 ** (-max(0, at_us - when_us) / HALF_LIFE_US)
        net[sku] = net.get(sku, 0) + quantity
        if sign > 0:
            papers.setdefault(sku, set()).add(seq)
        if kind == "sale":
            sales.setdefault(seq, set()).add(sku)
            totals[seq] = (total_minor, day)
    past: dict[str, set[int]] = {}
    for sku, when_us, quantity in read_past(db, ids, PURCHASES_MOST):
        sign = 1 if quantity > 0 else -1
        weights[sku] = weights.get(sku, 0.0) + sign * 2.0 ** (-max(0, at_us - when_us) / HALF_LIFE_US)
        net[sku] = net.get(sku, 0) + quantity
        if sign > 0:
            past.setdefault(sku, set()).add(when_us)
            sales.setdefault(when_us - BEFORE_OWN_US, set()).add(sku)  # before any of the shop's own
    kept = {sku for sku, quantity in net.items() if quantity > 0}
    mine = kept - _not_theirs(db, customer, at_us, net)
    since = after(today, -BASKET_DAYS)
    return Purchases(
        {sku: max(0.0, weight) for sku, weight in weights.items() if sku in mine},
        {sku: len(papers.get(sku, ())) + len(past.get(sku, ())) for sku in papers.keys() | past.keys() if sku in kept},
        [skus & mine for _, skus in sorted(sales.items(), reverse=True)],
        [minor for _, (minor, _) in sorted(totals.items(), reverse=True)][:MEAN_BASKETS],
        sum(day > since for _, day in totals.values()),
        {sku: len(days) for sku, days in past.items() if sku in kept},
    )


def profile_of(
    db: Connection, customer: str, at_us: int, today: str, private: Collection[str] = ()
) -> TasteProfile | None:
    """A person's profile; None without consent or with fewer than three purchases."""
    if resolve(db, customer) is None or not consents_to(db, customer, "profile", at_us):
        return None
    bought = read_purchases(db, customer, at_us, today)
    places = places_of(db, bought.weights)
    hidden = {sku for sku, place in places.items() if not set(place.categories).isdisjoint(private)}
    weights = {sku: weight for sku, weight in bought.weights.items() if weight > 0 and sku not in hidden}
    if sum(bought.times.get(sku, 0) for sku in weights) < LEAST_PURCHASES:
        return None
    attributes = {sku: product.attributes or {} for sku, (_, product, _) in read_products(db, list(weights)).items()}
    strengths: dict[str, list[tuple[float, float]]] = {}
    for sku, values in attributes.items():
        for name in ("THC", "CBD"):
            found = strength_of({"THC": values[name]}) if name in values else None
            if found:
                strengths.setdefault(f"{name} {found.unit}", []).append((found.high, weights[sku]))
    said = tastes_of(db, weights)
    categories, brands, strain_types = (
        _favourites((said.get(sku, {}).get(kind, ""), weight) for sku, weight in weights.items()) for kind in TASTES
    )
    return TasteProfile(
        sum(bought.times.get(sku, 0) for sku in weights),
        bought.baskets,
        round(sum(bought.totals_minor) / len(bought.totals_minor)) if bought.totals_minor else 0,
        {name: (_percentile(found, 0.1), _percentile(found, 0.9)) for name, found in strengths.items()},
        categories,
        brands,
        strain_types,
        sum(bought.imported.get(sku, 0) for sku in weights),
    )


def _not_theirs(db: Connection, customer: str, at_us: int, skus: Collection[str]) -> set[str]:
    """The products whose category, brand or strain type the person marked as bought for others."""
    found = read_customer(db, customer, at_us)
    words = {(one.kind, one.name) for one in found.preferences.not_mine} if found and found.preferences else set()
    if not words:
        return set()
    said = tastes_of(db, skus)
    return {sku for sku in skus if any((kind, name) in words for kind, name in said.get(sku, {}).items())}


def tastes_of(db: Connection, skus: Collection[str]) -> dict[str, dict[TasteKind, str]]:
    """The tastes each SKU adds to a profile: category, brand and strain type."""
    places, products = places_of(db, skus), read_products(db, list(skus))
    found: dict[str, dict[TasteKind, str]] = {}
    for sku, place in places.items():
        attributes = products[sku][1].attributes or {} if sku in products else {}
        strain = attributes[STRAIN_TYPE].text if STRAIN_TYPE in attributes else ""
        category = place.categories[0] if place.categories else ""
        found[sku] = {"category": category, "brand": place.brand, "strain_type": strain}
    return found


def avoided_by(db: Connection, customer: str, at_us: int) -> Avoided:
    """A person's exclusions; empty if there is no customer."""
    found = read_customer(db, customer, at_us) if customer else None
    liked = found.preferences if found else None
    if liked is None:
        return Avoided()
    return avoided_in(liked)


def avoided_in(liked: Preferences) -> Avoided:
    """The exclusions among preferences."""
    return Avoided(
        frozenset(liked.avoided_categories),
        frozenset(liked.avoided_brands),
        liked.most_thc,
        liked.price_limit_minor,
        allergen_keys(liked.allergens),
    )


def years_of(db: Connection, customer: str, at_us: int, today: str) -> int:
    """A customer's age in years by birth date; 0 if unknown."""
    found = read_customer(db, customer, at_us) if customer else None
    if found is None or not found.born:
        return 0
    return int(today[:4]) - int(found.born[:4]) - (today[5:10] < found.born[5:10])


def _percentile(values: Sequence[tuple[float, float]], share: float) -> int:
    """The weighted percentile, interpolated linearly between the midpoints of weights."""
    ordered = sorted(values)
    total, passed = sum(weight for _, weight in ordered), 0.0
    places: list[tuple[float, float]] = []
    for value, weight in ordered:
        places.append(((passed + weight / 2) / total, value))
        passed += weight
    if share <= places[0][0]:
        return round(places[0][1])
    for (low, below), (high, above) in pairwise(places):
        if share <= high:
            return round(below + (above - below) * (share - low) / (high - low))
    return round(places[-1][1])


def _favourites(shares: Iterable[tuple[str, float]]) -> list[str]:
    """Names with at least a fifth of the total weight, the heaviest first. Purchases without a name don't count."""
    sums: dict[str, float] = {}
    for name, weight in shares:
        if not name:
            continue
        sums[name] = sums.get(name, 0.0) + weight
    total = sum(sums.values())
    found = [name for name, weight in sums.items() if weight >= FAVOURITE_SHARE * total]
    return sorted(found, key=lambda name: (-sums[name], name))
