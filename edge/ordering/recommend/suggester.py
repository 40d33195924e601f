"""Suggestions: candidates by similarity, product pairs, purchases and sales, filtered by the rules in `never.py`.

The same state always gives the same answer. Read-only: a failure here never affects a sale.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from edge.core.storage.database import Connection
from edge.goods.catalog.listing.ranges import having, products_priced_within
from edge.goods.catalog.queries import CatalogProduct
from edge.ordering.recommend.learning import model_file
from edge.ordering.recommend.learning.model_file import PairModel
from edge.ordering.recommend.learning.pairs import Floats
from edge.ordering.recommend.learning.person_evaluation import TRIPLES
from edge.ordering.recommend.never import Reason, Situation, Suggestible, Surface, choose_allowed
from edge.ordering.recommend.private_goods import private_categories
from edge.ordering.recommend.profiles import persons
from edge.ordering.recommend.profiles.tastes import ShownTastes, read_tastes
from edge.ordering.recommend.profiles.views import read_view_weights
from edge.ordering.recommend.queries import best_sellers, model_in_use, rules_set
from edge.ordering.recommend.settings import RecommendSettings, live
from edge.ordering.recommend.similar.product_index import Like, ProductIndex
from edge.ordering.recommend.suggestible import STRONG, ProductReader
from edge.ordering.recommend.suggestion import MOST, Suggestion, SuggestionRequest, SuggestionSet

CANDIDATES, PAGE_LEAST, PAGE_SHARE = 360, 24, 4
"""Candidates per list, and how they are paged: `PAGE_SHARE` times the number wanted, at least `PAGE_LEAST`."""
OLDEST = 99
LEDGERS_MOST = 2
"""Maximum ledgers whose products are in memory: the shop's and practice mode's."""
Apart = Callable[[Connection], Iterable[str]]


class Suggester:
    """Makes suggestions for a store. `apart`: products that are never suggested, such as fees."""

    def __init__(self, base: RecommendSettings, apart: Apart = lambda db: ()) -> None:
        self._base = base
        self.settings = live(base)
        self._indexes: dict[str, ProductIndex] = {}
        self._apart = apart
        self._lock = threading.Lock()

    def index(self, db: Connection) -> ProductIndex:
        """The products of a ledger: the shop's, or practice mode's."""
        ledger = db.execute("PRAGMA database_list").fetchone()[2]
        with self._lock:
            while len(self._indexes) >= LEDGERS_MOST and ledger not in self._indexes:
                self._indexes.pop(next(iter(self._indexes)))
            return self._indexes.setdefault(ledger, ProductIndex())

    def suggest(self, db: Connection, asked: SuggestionRequest) -> SuggestionSet:
        """Return suggestions; empty if the surface is off.

        For a basket: products that go with it. For a product: similar ones. For a person: repeat purchases and new
        products. Otherwise best sellers.
        """
        settings = self.settings.at(db)
        if not settings.shows(asked.surface):
            return _set_of(asked.surface, [], [])
        reader = self._reader(db, asked)
        situation = self._situation(db, asked, settings, reader)
        if asked.sku or asked.text or asked.picture:
            return _set_of(asked.surface, [], self._similar(db, asked, situation, reader))
        known = asked.customer if asked.customer and persons.may_advise(db, asked.customer, asked.at_us) else ""
        if not known:
            ranked = self._for_basket(db, asked)
            return _set_of(asked.surface, [], self._first_allowed(reader, situation, ranked, asked.most, db))
        bought = persons.read_purchases(db, known, asked.at_us, asked.business_date)
        again = [(sku, bought.weights[sku], "again") for sku in bought.again]
        said = {sku: {"times": bought.times[sku]} for sku in bought.again}
        for sku in said.keys() & bought.imported.keys():
            said[sku]["imported"] = bought.imported[sku]
        fresh = self._new_to(db, asked, bought)
        lists = (
            self._first_allowed(reader, situation, again, asked.most, db, said),
            self._first_allowed(reader, situation, fresh, asked.most, db),
        )
        # check consent last: it may have been withdrawn during this read
        return _set_of(asked.surface, *(lists if persons.may_advise(db, known, asked.at_us) else ([], [])))

    def similar(self, db: Connection, asked: SuggestionRequest) -> list[tuple[Suggestion, Like]]:
        """Products similar to a product or text, with the parts of their scores."""
        reader = self._reader(db, asked)
        settings = self.settings.at(db)
        if not settings.shows(asked.surface):
            return []
        likes = {one.sku: one for one in self._likes(db, asked)}
        found = self._similar(db, asked, self._situation(db, asked, settings, reader), reader, list(likes.values()))
        return [(one, likes[one.sku]) for one in found]

    def rank_substitutes(self, db: Connection, asked: SuggestionRequest, others: Sequence[str]) -> list[str]:
        """SKUs of possible substitutes for `asked.sku`: similar products, the most similar first, then `others`.

        The age is checked at hand-over. With suggestions off, `others` are returned unchanged.
        """
        settings = self.settings.at(db)
        if not settings.on:
            return list(others)
        reader = self._reader(db, asked)
        asked = msgspec.structs.replace(asked, age_checked=OLDEST, most=MOST)
        likes = {one.sku: one.score for one in self._likes(db, asked)}
        ranked = [(sku, score, "like") for sku, score in likes.items()]
        ranked += [(sku, 0.0, "like") for sku in others if sku not in likes]
        return [
            one.sku
            for one in self._first_allowed(reader, self._situation(db, asked, settings, reader), ranked, MOST, db)
        ]

    def tastes(self, db: Connection, customer: str, at_us: int, today: str) -> ShownTastes:
        """A person's tastes from their purchases, if they have consented to a profile."""
        return read_tastes(db, customer, at_us, today, private_categories(db, self.settings.at(db)))

    def model(self, db: Connection) -> PairModel | None:
        """The pair model in use; None: best sellers are suggested."""
        used = model_in_use(db)
        if used is None:
            return None
        return model_file.read_kept(model_file.folder_beside(db), used.trained.model_version, used.trained.checksum)

    def _reader(self, db: Connection, asked: SuggestionRequest) -> ProductReader:
        place, apart = self._base.place, self._apart(db)
        return ProductReader(db, place, asked.at_us, asked.business_date, asked.price_list, apart)

    def _situation(
        self, db: Connection, asked: SuggestionRequest, settings: RecommendSettings, reader: ProductReader
    ) -> Situation:
        rules = rules_set(db)
        here = reader.read([sku for sku, _ in asked.goods])
        at_hand = reader.read([asked.sku]).get(asked.sku) if asked.sku else None
        looked_at = [*here.values(), *([at_hand] if at_hand else [])]
        parents = {one.parent for one in (here.values() if asked.substitute else looked_at)}
        return Situation(
            asked.surface,
            settings.place,
            age_checked=asked.age_checked,
            age_known=persons.years_of(db, asked.customer, asked.at_us, asked.business_date) if asked.vouched else 0,
            regulated_here=asked.vouched or any(one.least_age for one in looked_at),
            here=frozenset(parents),
            left=reader.remaining_limits(asked.goods),
            at_hand=at_hand,
            own_range=any(one.name.casefold() in STRONG for one in asked.ranges),
            in_stock=asked.in_stock,
            private=frozenset(private_categories(db, settings)),
            banned=frozenset(sku for sku, rule in rules.items() if rule == "banned") | asked.waved,
            avoided=persons.avoided_by(db, asked.customer, asked.at_us),
            quebec=settings.quebec,
            substitute=asked.substitute,
        )

    def _likes(self, db: Connection, asked: SuggestionRequest) -> list[Like]:
        only = _within(db, asked)
        if asked.text:
            return self.index(db).like_text(db, asked.text, asked.within, only=only)
        if asked.picture:
            return self.index(db).like_picture(db, asked.picture, asked.within, only=only)
        return self.index(db).like(db, asked.sku, asked.within, only=only)

    def _similar(
        self,
        db: Connection,
        asked: SuggestionRequest,
        situation: Situation,
        reader: ProductReader,
        likes: Sequence[Like] | None = None,
    ) -> list[Suggestion]:
        found = self._likes(db, asked) if likes is None else likes
        ranked = [(one.sku, one.score, "like") for one in found]
        said = {one.sku: {"percent": round(100 * one.score)} for one in found}
        return self._first_allowed(reader, situation, ranked, asked.most, db, said)

    def _for_basket(self, db: Connection, asked: SuggestionRequest) -> list[tuple[str, float, str]]:
        """Candidates that go with a basket.

        Best sellers for an empty basket, or if no model is trained.
        """
        model = self.model(db)
        rows = [model.rows[sku] for sku in self._parents(db, asked) if sku in model.rows] if model else []
        if model is None or not rows:
            selling = best_sellers(db, CANDIDATES, asked.category)
            return [(sku, 1 / (1 + place), "sells") for place, sku in enumerate(selling)]
        basket = np.array(sorted(set(rows)), dtype=np.int64)
        paired = model.pairs.with_these(basket)
        scores = model.pairs.rank(basket)
        return [(model.skus[row], float(scores[row]), "with" if paired[row] > 0 else "sells") for row in _best(scores)]

    def _parents(self, db: Connection, asked: SuggestionRequest) -> list[str]:
        known = self._reader(db, asked).products([sku for sku, _ in asked.goods])
        return [one.variant_of or sku for sku, one in known.items()]

    def _new_to(
        self, db: Connection, asked: SuggestionRequest, bought: persons.Purchases
    ) -> list[tuple[str, float, str]]:
        """Candidates that the person has never bought.

        Products similar to past purchases, paired with recent baskets, and best sellers.
        """
        model, used = self.model(db), model_in_use(db)
        by_likeness, by_pairs, by_sales = TRIPLES[used.trained.weights if used else 0]
        selling = best_sellers(db, CANDIDATES)
        sells = {sku: by_sales / (1 + place) for place, sku in enumerate(selling)}
        looks = read_view_weights(db, asked.customer, asked.at_us)
        weights = {sku: bought.weights.get(sku, 0) + looks.get(sku, 0) for sku in bought.weights.keys() | looks.keys()}
        like = self.index(db).to_mean(db, weights)
        beside: dict[str, float] = {}
        if model is not None:
            last = {sku for sale in bought.sales[: persons.LAST_BASKETS] for sku in sale} | {s for s, _ in asked.goods}
            rows = sorted({model.rows[sku] for sku in last if sku in model.rows})
            scores = model.pairs.with_these(np.array(rows, dtype=np.int64))
            most = max(float(scores.max()), 1e-9) if len(scores) else 1e-9
            beside = {model.skus[row]: float(scores[row]) / most for row in _best(scores) if scores[row] > 0}
        found: list[tuple[str, float, str]] = []
        for sku in (sells.keys() | like.keys() | beside.keys()) - bought.times.keys():
            parts = {"like": by_likeness * like.get(sku, 0), "with": by_pairs * beside.get(sku, 0)}
            parts["sells"] = sells.get(sku, 0)
            found.append((sku, sum(parts.values()), max(parts, key=lambda name: parts[name])))
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _first_allowed(
        self,
        reader: ProductReader,
        situation: Situation,
        ranked: Sequence[tuple[str, float, str]],
        most: int,
        db: Connection,
        said: dict[str, dict[str, int]] | None = None,
    ) -> list[Suggestion]:
        """The first allowed products of a list, with pinned products first."""
        pinned = {sku for sku, rule in rules_set(db).items() if rule == "pinned"}
        ordered = sorted(ranked, key=lambda one: one[0] not in pinned)
        scores = {sku: score for sku, score, _ in ordered}
        read: list[tuple[Suggestible, Reason]] = []
        found: list[tuple[Suggestible, Reason]] = []
        step = max(PAGE_LEAST, PAGE_SHARE * most)
        for begin in range(0, min(len(ordered), CANDIDATES), step):
            page = ordered[begin : begin + step]
            known = reader.read([sku for sku, _, _ in page])
            read += [(known[sku], reason) for sku, _, reason in page if sku in known]  # type: ignore[misc]
            found = choose_allowed(read, situation, min(most, MOST))
            if len(found) >= most:
                break
        products = reader.products([one.sku for one, _ in found])
        return [
            _suggestion(products[one.sku], one, reason, scores[one.sku], situation, (said or {}).get(one.sku, {}))
            for one, reason in found
        ]


def _within(db: Connection, asked: SuggestionRequest) -> frozenset[int] | None:
    """The `id`s of products in the requested attribute and price ranges; None if no range was requested."""
    sets = [having(db, one.name, one.low, one.high) for one in asked.ranges]
    if asked.least_minor is not None or asked.most_minor is not None:
        sets.append(products_priced_within(db, asked.least_minor, asked.most_minor))
    return frozenset(set.intersection(*sets)) if sets else None


def _suggestion(
    product: CatalogProduct,
    known: Suggestible,
    reason: Reason,
    score: float,
    situation: Situation,
    said: dict[str, int],
) -> Suggestion:
    """Make a suggestion. Where the law allows only facts, it contains nothing else."""
    values: dict[str, int | str] = dict(said)
    if "cannabis" in known.kinds and situation.place.country in ("", "CA"):
        told = product.attributes or {}
        values = {name: told[name].text for name in ("THC", "CBD") if name in told}
    names, price = product.names, product.price_minor
    return Suggestion(
        known.sku, names, price, round(score, 4), reason, values, tuple(product.pictures or ()), product.unit
    )


def _set_of(surface: Surface, again: list[Suggestion], new: list[Suggestion]) -> SuggestionSet:
    body = msgspec.json.encode([[one.sku for one in again], [one.sku for one in new]])
    return SuggestionSet(f"{surface}-{hashlib.sha256(body).hexdigest()[:16]}", again, new)


def _best(scores: Floats) -> list[int]:
    """The rows with the highest scores, the best first. Equal scores are in row order."""
    count = min(CANDIDATES, len(scores))
    if not count:
        return []
    rows = np.argpartition(-scores, count - 1)[:count]
    return [int(row) for row in rows[np.lexsort((rows, -scores[rows]))]]
