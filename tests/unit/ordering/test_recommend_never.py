"""What may never be suggested: ten thousand products in ten thousand situations, each rule told by itself."""

from __future__ import annotations

import random
from typing import get_args

from edge.lib.regions.place import Jurisdiction
from edge.ordering.recommend.never import (
    BRAND_MOST,
    Avoided,
    Never,
    Reason,
    Situation,
    Strength,
    Suggestible,
    Surface,
    choose_allowed,
    may_suggest,
)

PLACES = [Jurisdiction(*one) for one in (("CA", "ON"), ("CA", "QC"), ("CA", ""), ("FR", ""), ("IL", ""), ("", ""))]
KINDS: list[frozenset[str]] = [frozenset(), frozenset(), frozenset(("cannabis",)), frozenset(("alcohol",))]
KINDS += [frozenset(("tobacco",)), frozenset(("cannabis", "tobacco"))]
WORDS = ("apple", "beer", "flower", "pregnancy", "cheese")


def _product(rng: random.Random) -> Suggestible:
    kinds = rng.choice(KINDS)
    sku = f"p{rng.randrange(400)}"
    return Suggestible(
        sku=sku,
        parent=rng.choice([sku, f"parent{rng.randrange(20)}"]),
        brand=rng.choice(["", "acme", "bolt", "core"]),
        categories=(rng.choice(WORDS), "all"),
        kinds=kinds,  # type: ignore[arg-type]
        least_age=rng.choice([18, 19, 21]) if kinds else rng.choice([0, 0, 0, 18]),
        price_minor=rng.choice([None, 0, 250, 250, 900, 900, 5_000]),
        available=rng.choice([None, None, -1_000, 0, 1_000]),
        retired=rng.random() < 0.05,
        recalled=rng.random() < 0.05,
        service=rng.random() < 0.05,
        strength=rng.choice([None, Strength(rng.randrange(30_000), "%"), Strength(rng.randrange(30_000), "mg")]),
        allergens=rng.choice([None, frozenset(), frozenset(("milk",)), frozenset(("milk", "nuts"))]),
        limits=rng.choice([{}, {}, {"dried": None}, {"dried": rng.randrange(40_000)}]),
    )


def _situation(rng: random.Random) -> Situation:
    return Situation(
        surface=rng.choice(get_args(Surface)),
        place=rng.choice(PLACES),
        age_checked=rng.choice([0, 18, 40, 40, 40]),
        age_known=rng.choice([0, 0, 17, 30]),
        regulated_here=rng.random() < 0.8,
        here=frozenset(f"parent{rng.randrange(20)}" for _ in range(3)),
        left={"dried": rng.randrange(40_000)},
        at_hand=rng.choice([None, _product(rng), _product(rng)]),
        own_range=rng.random() < 0.2,
        in_stock=rng.random() < 0.8,
        private=frozenset(("pregnancy",)),
        banned=frozenset(f"p{rng.randrange(400)}" for _ in range(20)),
        avoided=rng.choice(
            [
                Avoided(),
                Avoided(frozenset(("cheese",)), frozenset(("bolt",)), 15_000, 1_000),
                Avoided(allergens=frozenset(("nuts", "eggs"))),
            ]
        ),
        quebec=rng.random() < 0.5,
        substitute=rng.random() < 0.3,
    )


def _allowed(product: Suggestible, here: Situation, reason: Reason) -> bool:
    """The rules once more, as the law and the shop say them, in another form than the code has them."""
    age = max(here.age_checked, here.age_known)
    cannabis, canada = "cannabis" in product.kinds, here.place.country in ("CA", "")
    strong = bool(product.kinds & {"cannabis", "alcohol"})
    hand = here.at_hand
    checks = [
        product.price_minor is not None and product.price_minor > 0,
        not (product.retired or product.recalled or product.service),
        product.available is None or product.available > 0 or not here.in_stock,
        product.sku not in here.banned and product.parent not in here.here,
        not here.private & set(product.categories),
        "tobacco" not in product.kinds,
        product.least_age == 0 or (here.regulated_here and age >= product.least_age),
        all(share is not None and share <= here.left[name] for name, share in product.limits.items()),
        not (cannabis and canada) or reason in ("like", "again"),
        not (cannabis and canada and here.place.province in ("QC", "")) or (here.quebec and here.surface == "till"),
        product.brand not in here.avoided.brands and not here.avoided.categories & set(product.categories),
    ]
    if here.avoided.price_limit_minor:
        checks.append((product.price_minor or 0) <= here.avoided.price_limit_minor)
    if here.avoided.most_thc is not None and cannabis:
        checks.append(product.strength is not None and product.strength.high <= here.avoided.most_thc)
    if reason == "like" and hand is not None and strong and not here.own_range:
        both = product.strength is not None and hand.strength is not None
        if both and product.strength and hand.strength:
            most = hand.strength.high + 2_000 if hand.strength.unit == "%" else 1.1 * hand.strength.high
            checks.append(product.strength.unit == hand.strength.unit and product.strength.high <= most)
        else:
            checks.append(product.strength is None and hand.strength is None and not cannabis)
    if here.avoided.allergens:
        checks.append(product.allergens is not None and not here.avoided.allergens & product.allergens)
    if here.substitute and hand is not None and hand.allergens is not None:
        checks.append(product.allergens is not None and product.allergens <= hand.allergens)
    return all(checks)


def test_ten_thousand_situations_break_no_rule() -> None:
    rng = random.Random(11)
    told: set[Never] = set()
    good = 0
    for _ in range(10_000):
        product, here, reason = _product(rng), _situation(rng), rng.choice(get_args(Reason))
        why = may_suggest(product, here, reason)
        assert (why is None) == _allowed(product, here, reason), (why, product, here, reason)
        good += why is None
        if why:
            told.add(why)
    assert told == set(get_args(Never)), "every rule spoke at least once"
    assert good > 100, "and something may be suggested"


def test_a_list_has_no_more_than_three_of_a_brand_and_one_variant() -> None:
    rng = random.Random(12)
    for _ in range(300):
        here = _situation(rng)
        ranked = [(_product(rng), rng.choice(get_args(Reason))) for _ in range(40)]
        found = choose_allowed(ranked, here, 10)
        brands = [one.brand for one, _ in found if one.brand]
        parents = [one.parent for one, _ in found]
        assert len(found) <= 10 and len(parents) == len(set(parents))
        assert all(brands.count(brand) <= BRAND_MOST for brand in brands)
        assert all(may_suggest(one, here, reason) is None for one, reason in found)


def test_a_place_that_nobody_said_is_the_strictest() -> None:
    flower = Suggestible("f", "f", kinds=frozenset(("cannabis",)), least_age=19, price_minor=900)
    here = Situation("phone", Jurisdiction(), age_checked=40, regulated_here=True)
    assert may_suggest(flower, here, "again") == "cannabis_place"
    assert may_suggest(flower, here, "with") == "cannabis_inducement"
    ontario = Situation("phone", Jurisdiction("CA", "ON"), age_checked=40, regulated_here=True)
    assert may_suggest(flower, ontario, "again") is None
