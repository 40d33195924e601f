"""Decides which products must never be suggested, in one function that is applied last to every list. Pure.

Lists are filled with allowed products and otherwise left short; no rule is relaxed to fill them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.lib.regions.ages import Regulated
from edge.lib.regions.place import Jurisdiction

Surface = Literal["till", "kiosk", "phone", "chat", "api"]
Reason = Literal["again", "like", "with", "sells"]
Never = Literal[
    "retired", "recalled", "no_price", "service", "none_left", "banned", "here_already", "age", "tobacco", "limit",
    "limit_unknown", "stronger", "strength_unknown", "cannabis_inducement", "cannabis_place", "private", "avoided",
    "too_dear", "allergen",
]  # fmt: skip
"""The rule that forbids suggesting a product."""

BRAND_MOST = 3
MORE_PERCENT_POINTS = 2_000
"""Tolerance in thousandths of a percentage point: 20 % still counts as similar to 18 %, but not more."""
MORE_SHARE = 0.1
"""Tolerance as a share: 11 mg still counts as similar to 10 mg, but not more."""
QUEBEC = "QC"
_STRENGTH: frozenset[Regulated] = frozenset(("cannabis", "alcohol"))


class Strength(msgspec.Struct, frozen=True, gc=False):
    """The upper value of THC or alcohol, in thousandths of `unit`."""

    high: int
    unit: str


class Suggestible(msgspec.Struct, frozen=True, gc=False):
    """Data of a product that these rules need.

    `parent`: the product it's a variant of, or itself. `least_age`: in years. `available`: unreserved thousandths;
    None: not counted. `limits`: the share of each purchase limit that a unit uses, by name; None: unknown.
    """

    sku: str
    parent: str
    brand: str = ""
    categories: tuple[str, ...] = ()
    kinds: frozenset[Regulated] = frozenset()
    least_age: int = 0
    price_minor: int | None = None
    available: int | None = None
    retired: bool = False
    recalled: bool = False
    service: bool = False
    strength: Strength | None = None
    allergens: frozenset[str] | None = None
    limits: Mapping[str, int | None] = {}


class Avoided(msgspec.Struct, frozen=True, gc=False):
    """A person's exclusions, which always apply.

    If an allergen is excluded, products without allergen data are excluded too.
    """

    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    most_thc: int | None = None
    price_limit_minor: int = 0
    allergens: frozenset[str] = frozenset()


class Situation(msgspec.Struct, frozen=True):
    """The person and place of a suggestion.

    `age_checked`: the age that staff checked for this basket; `age_known`: a signed-in customer's age by birth date; 0:
    unknown. `regulated_here`: the basket, or the viewed product, is age-restricted itself. `here`: the basket's
    products, by parent. `left`: how much of each purchase limit is left for the basket. `at_hand`: the viewed product,
    for `like`. `in_stock`: only products in stock. `own_range`: the person asked for a range of strength. `quebec`: the
    shop allows suggestions of cannabis to its staff at the counter in Quebec.
    """

    surface: Surface
    place: Jurisdiction
    age_checked: int = 0
    age_known: int = 0
    regulated_here: bool = False
    here: frozenset[str] = frozenset()
    left: Mapping[str, int] = {}
    at_hand: Suggestible | None = None
    own_range: bool = False
    in_stock: bool = True
    private: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()
    avoided: Avoided = Avoided()
    quebec: bool = False
    substitute: bool = False


def may_suggest(product: Suggestible, situation: Situation, reason: Reason) -> Never | None:
    """The rule that forbids suggesting a product for a reason in a situation; None if it's allowed."""
    return (
        _not_sold(product, situation)
        or _by_age(product, situation)
        or _by_limit(product, situation)
        or _cannabis(product, situation, reason)
        or _too_strong(product, situation, reason)
        or _of_the_person(product, situation)
    )


def choose_allowed(
    ranked: list[tuple[Suggestible, Reason]], situation: Situation, most: int
) -> list[tuple[Suggestible, Reason]]:
    """The first allowed products of a list: at most `BRAND_MOST` per brand, and one variant per product."""
    found: list[tuple[Suggestible, Reason]] = []
    brands: dict[str, int] = {}
    parents: set[str] = set()
    for product, reason in ranked:
        if len(found) >= most:
            break
        full = product.brand and brands.get(product.brand, 0) >= BRAND_MOST
        if full or product.parent in parents or may_suggest(product, situation, reason):
            continue
        found.append((product, reason))
        parents.add(product.parent)
        brands[product.brand] = brands.get(product.brand, 0) + 1
    return found


def _not_sold(product: Suggestible, situation: Situation) -> Never | None:
    if product.retired:
        return "retired"
    if product.recalled:
        return "recalled"
    if product.service:
        return "service"
    if not product.price_minor or product.price_minor < 0:
        return "no_price"
    if situation.in_stock and product.available is not None and product.available <= 0:
        return "none_left"
    if product.sku in situation.banned:
        return "banned"
    if not situation.private.isdisjoint(product.categories):
        return "private"
    return "here_already" if product.parent in situation.here else None


def _by_age(product: Suggestible, situation: Situation) -> Never | None:
    """Forbid age-restricted goods to people of unchecked age, and to people not already buying such goods."""
    if "tobacco" in product.kinds:
        return "tobacco"
    if not product.least_age:
        return None
    known = max(situation.age_checked, situation.age_known)
    return None if situation.regulated_here and known >= product.least_age else "age"


def _by_limit(product: Suggestible, situation: Situation) -> Never | None:
    for name, share in product.limits.items():
        if share is None:
            return "limit_unknown"
        if share > situation.left.get(name, share):
            return "limit"
    return None


def _cannabis(product: Suggestible, situation: Situation, reason: Reason) -> Never | None:
    """The cannabis rules: no inducement tied to another purchase, and no promotion by other people's purchases.

    In Quebec, only by staff at the counter. Without a place, the strictest rules apply. Source: Cannabis Act (S.C.
    2018, c. 16), section 17, and AGLC handbook 6.2.
    """
    if "cannabis" not in product.kinds or situation.place.country not in ("", "CA"):
        return None
    if reason in ("with", "sells"):
        return "cannabis_inducement"
    if situation.place.province in ("", QUEBEC) and not (situation.quebec and situation.surface == "till"):
        return "cannabis_place"
    return None


def _too_strong(product: Suggestible, situation: Situation, reason: Reason) -> Never | None:
    """Forbid suggesting much stronger products as similar ones."""
    at_hand = situation.at_hand
    if reason != "like" or at_hand is None or situation.own_range or _STRENGTH.isdisjoint(product.kinds):
        return None
    has, had = product.strength, at_hand.strength
    if has is None and had is None and "cannabis" not in product.kinds:
        return None
    if has is None or had is None or has.unit != had.unit:
        return "strength_unknown"
    most = had.high + MORE_PERCENT_POINTS if had.unit == "%" else had.high * (1 + MORE_SHARE)
    return "stronger" if has.high > most else None


def _of_the_person(product: Suggestible, situation: Situation) -> Never | None:
    avoided, at_hand = situation.avoided, situation.at_hand
    if product.brand in avoided.brands or not avoided.categories.isdisjoint(product.categories):
        return "avoided"
    most, has = avoided.most_thc, product.strength
    if most is not None and "cannabis" in product.kinds and (has is None or has.high > most):
        return "avoided"
    if avoided.price_limit_minor and (product.price_minor or 0) > avoided.price_limit_minor:
        return "too_dear"
    if avoided.allergens and (product.allergens is None or not avoided.allergens.isdisjoint(product.allergens)):
        return "allergen"
    if not situation.substitute or at_hand is None or at_hand.allergens is None:
        return None
    adds_none = product.allergens is not None and product.allergens <= at_hand.allergens
    return None if adds_none else "allergen"
