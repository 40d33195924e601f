"""Queries of recommendations: models, pinned and banned products, and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.never import Reason, Situation, choose_allowed
from edge.ordering.recommend.private_goods import private_categories
from edge.ordering.recommend.profiles.past import count_past as count_past
from edge.ordering.recommend.profiles.persons import avoided_by, may_advise, read_purchases
from edge.ordering.recommend.settings import RecommendSettings, live
from edge.ordering.recommend.suggestible import ProductReader

SHOWN = 200
LOOKED_AT = 4
"""Candidates per wanted suggestion, because some may not be suggested."""
SELLS: Reason = "sells"
_FIELDS = "place, trained_us, trained_date, body"
_SERVES = """
    SELECT place, trained_us, trained_date, body FROM recommend_model
    WHERE place = 0 OR (body ->> 'outcome' = 'kept' AND body ->> 'serves')
    ORDER BY place IS NULL, trained_us DESC LIMIT 1
"""
_PARENTS = """
    SELECT p.sku, p.body ->> 'variant_of' FROM json_each(?) j JOIN product p ON p.sku = j.value
    WHERE p.body ->> 'variant_of' IS NOT NULL AND p.body ->> 'variant_of' <> ''
"""
_WITH_ATTRIBUTES = """
    SELECT p.sku FROM (
        SELECT DISTINCT a.product_id AS id FROM json_each(?) j JOIN product_attribute a ON a.name = j.value
    ) a JOIN product p ON p.id = a.id LEFT JOIN search_sold s ON s.id = p.id
    WHERE p.retired_us IS NULL ORDER BY s.heat DESC NULLS LAST, p.sku LIMIT ?
"""
_BY_SALES = """
    SELECT p.sku FROM json_each(?) j JOIN product p ON p.sku = j.value LEFT JOIN search_sold s ON s.id = p.id
    ORDER BY s.heat DESC NULLS LAST, j.key
"""
WEEK = "date(day, 'weekday 0', '-6 days')"
"""SQL expression for the Monday of a day's week."""
_COUNTS = f"""
    SELECT {WEEK} AS week, surface, register, sum(shown), sum(taken), sum(waved),
        sum(shown * new), sum(taken * new), sum(waved * new)
    FROM (SELECT day, surface, register, shown, taken, waved, 0 AS new FROM recommend_day
        UNION ALL SELECT day, surface, register, shown, taken, waved, 1 FROM recommend_pending)
    GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT ?
"""
_trained = msgspec.json.Decoder(RecommendationsTrained).decode


class RecommendationModel(msgspec.Struct, frozen=True):
    """A training and its result. `place` 0: deployed; 1: deployed before that one; None: never deployed."""

    place: int | None
    trained_us: int
    trained_date: str
    trained: RecommendationsTrained


class SuggestionCount(msgspec.Struct, frozen=True):
    """Suggestions shown, taken and dismissed in a week (its Monday) on a surface and register.

    `new_shown` and the like: the part not in the journal yet, because the day isn't over.
    """

    week: str
    surface: str
    register: str
    shown: int
    taken: int
    waved: int
    new_shown: int = 0
    new_taken: int = 0
    new_waved: int = 0


def recommendation_models(db: Connection, limit: Number = 20) -> list[RecommendationModel]:
    """Trainings, the newest first; 200 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM recommend_model ORDER BY seq DESC LIMIT ?", (min(limit, SHOWN),))
    return [_model(row) for row in rows]


def read_model(db: Connection, version: str) -> RecommendationModel | None:
    """A training by its version."""
    row = db.execute(f"SELECT {_FIELDS} FROM recommend_model WHERE version = ?", (version,)).fetchone()
    return _model(row) if row else None


def model_at(db: Connection, place: int) -> RecommendationModel | None:
    """The deployed model for 0, the one deployed before it for 1, and so on; None if there is none."""
    row = db.execute(f"SELECT {_FIELDS} FROM recommend_model WHERE place = ?", (place,)).fetchone()
    return _model(row) if row else None


def model_in_use(db: Connection) -> RecommendationModel | None:
    """The model in use: the deployed one, or else the newest one that beats best sellers.

    None: best sellers are suggested.
    """
    row = db.execute(_SERVES).fetchone()
    return _model(row) if row else None


def rules_set(db: Connection) -> dict[str, str]:
    """Pinned and banned products, by SKU."""
    return dict(db.execute("SELECT sku, rule FROM recommend_rule ORDER BY seq").fetchall())


def suggestion_counts(db: Connection, limit: Number = 40) -> list[SuggestionCount]:
    """Counts of recommendations by week, surface and register, the newest week first; 200 at most."""
    return [SuggestionCount(*row) for row in db.execute(_COUNTS, (min(limit, SHOWN),))]


def best_sellers(db: Connection, limit: Number, category: str = "") -> list[str]:
    """SKUs of recent best sellers, among all products or in a category and its subcategories."""
    if category:
        rows = db.execute(
            """WITH RECURSIVE below (id) AS (
                   VALUES (?) UNION SELECT c.id FROM category c JOIN below b ON c.parent = b.id)
               SELECT p.sku FROM search_sold s JOIN product p ON p.id = s.id WHERE p.category IN (SELECT id FROM below)
               ORDER BY s.heat DESC, p.sku LIMIT ?""",
            (category, limit),
        )
    else:
        rows = db.execute(
            "SELECT p.sku FROM search_sold s JOIN product p ON p.id = s.id ORDER BY s.heat DESC LIMIT ?", (limit,)
        )
    return [sku for (sku,) in rows]


def best_for_anybody(
    db: Connection, base: RecommendSettings, at_us: int, business_date: str, limit: Number, customer: str = ""
) -> list[str]:
    """SKUs of best sellers that may be suggested in a conversation; empty if suggestions there are off.

    `customer`: the signed-in customer.
    """
    ranked = best_sellers(db, LOOKED_AT * limit)
    return suggested_to_anybody(db, base, at_us, business_date, ranked, limit, customer=customer)


def suggested_to_anybody(
    db: Connection,
    base: RecommendSettings,
    at_us: int,
    business_date: str,
    ranked: Sequence[str],
    limit: Number,
    basket: Sequence[str] = (),
    bought_with: bool = False,
    customer: str = "",
) -> list[str]:
    """The first of these SKUs that may be suggested to anyone in a conversation; empty if suggestions there are off.

    Leaves out the `basket`'s products and the signed-in `customer`'s exclusions. `bought_with`: the reason is joint
    purchases.
    """
    settings = live(base).at(db)
    if not settings.shows("chat"):
        return []
    known = ProductReader(db, settings.place, at_us, business_date).read([*ranked, *basket])
    banned = frozenset(sku for sku, rule in rules_set(db).items() if rule == "banned")
    here = frozenset(known[sku].parent for sku in basket if sku in known)
    private = frozenset(private_categories(db, settings))
    avoided = avoided_by(db, customer, at_us)
    situation = Situation("chat", settings.place, here=here, private=private, banned=banned, avoided=avoided)
    reason: Reason = "with" if bought_with else SELLS
    listed = [(known[sku], reason) for sku in ranked if sku in known]
    return [one.sku for one, _ in choose_allowed(listed, situation, limit)]


def goes_with(db: Connection, skus: Sequence[str], limit: Number) -> list[str]:
    """SKUs bought together with these, from trained pairs, the strongest first; empty without training. The caller
    checks whether they may be suggested."""
    used = model_in_use(db)
    if used is None:
        return []
    from edge.ordering.recommend.learning import model_file

    model = model_file.read_kept(model_file.folder_beside(db), used.trained.model_version, used.trained.checksum)
    parents = dict(db.execute(_PARENTS, (json_text(skus),)).fetchall())
    return model_file.partners(model, [parents.get(sku, sku) for sku in skus], limit) if model else []


def repeat_purchases(db: Connection, customer: str, at_us: int, business_date: str) -> list[str]:
    """SKUs of a customer's repeat purchases, the strongest recent ones first; empty without their consent. The caller
    checks whether they may be suggested."""
    if not customer or not may_advise(db, customer, at_us):
        return []
    return read_purchases(db, customer, at_us, business_date).again


def alike(db: Connection, sku: str, others: Sequence[str]) -> list[str]:
    """SKUs of similar products, the most similar first: from its category, neighbouring ones, and `others`. The caller
    checks whether they may be suggested."""
    from edge.ordering.recommend.similar import near_products

    return near_products.rank_alike(db, sku, [*near_products.relatives(db, sku), *others])


def best_with_attributes(db: Connection, names: Sequence[str], limit: Number) -> list[str]:
    """SKUs of products with an attribute of one of these names, the best sellers first."""
    rows = db.execute(_WITH_ATTRIBUTES, (json_text(names), limit))
    return [sku for (sku,) in rows]


def by_sales(db: Connection, skus: Sequence[str]) -> list[str]:
    """These SKUs, the best sellers first. Products without sales keep their order at the end."""
    return [sku for (sku,) in db.execute(_BY_SALES, (json_text(skus),))]


def _model(row: tuple[Any, ...]) -> RecommendationModel:
    place, trained_us, trained_date, body = row
    return RecommendationModel(place, trained_us, trained_date, _trained(body))
