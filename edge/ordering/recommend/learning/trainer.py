"""The process that trains product pairs: `python -m edge.ordering.recommend.learning.trainer`, in the background.

Reads a `PairsRequest` as JSON from standard input, opens the ledger alongside its writer, writes the model's file, and
answers with one `PairsAnswer`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from edge.core.process import child
from edge.core.storage.database import Connection, open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.lib.errors import EdgeError
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.dates import after
from edge.ordering.recommend.commands import FinishRecommendations
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.learning import model_file
from edge.ordering.recommend.learning.baskets import BasketHistory, read_history
from edge.ordering.recommend.learning.evaluation import count_training_baskets, evaluate, lower_bound
from edge.ordering.recommend.learning.model_file import PairModel
from edge.ordering.recommend.learning.pairs import Basket, Floats, Pairs, count_pairs
from edge.ordering.recommend.learning.person_evaluation import PERSONS_LEAST, PersonFigures, person_figures, questions
from edge.ordering.recommend.learning.train_protocol import PairsAnswer, PairsCounted, PairsFailed, PairsRequest
from edge.ordering.recommend.never import BRAND_MOST, Situation, choose_allowed, may_suggest
from edge.ordering.recommend.profiles.persons import may_advise
from edge.ordering.recommend.queries import model_at
from edge.ordering.recommend.rules import LEAST_BASKETS, outcome_of
from edge.ordering.recommend.similar.product_index import ProductIndex
from edge.ordering.recommend.suggestible import ProductReader

MEMORY_BYTES = 1536 * 1024**2
CPU_S = 600
TRIED, LIST = 200, 10
"""Number of lists checked for forbidden products, and their length."""


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=PairsRequest)
    answer: PairsAnswer
    try:
        with closing(open_reader(Path(ask.ledger))) as db:
            TillFirstElsewhere(db).rest()
            answer = PairsCounted(FinishRecommendations(train_pairs(db, ask)))
    except MemoryError:
        answer = PairsFailed("no_memory")
    except (EdgeError, OSError) as error:
        answer = PairsFailed("unreadable", {"why": str(error)})
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    return 0


def train_pairs(db: Connection, ask: PairsRequest) -> RecommendationsTrained:
    """Train on older baskets and evaluate on the newest fifth, against best sellers and the model in use.

    Then train on all baskets and write the file.
    """
    history = read_history(db, ask.today, ask.private)
    through, count = after(ask.today, -1), len(history.baskets)
    if count < LEAST_BASKETS:
        return RecommendationsTrained(f"pairs-{through}-none", through, "not_enough", count)
    cut = count_training_baskets(history.baskets)
    learnt = _count(history, cut)
    held, products = history.baskets[cut:], len(history.skus)
    own = evaluate(held, learnt.rank, products, learnt.sold / max(cut, 1))
    sells = evaluate(held, lambda basket: learnt.sold, products)
    before = _before(db, history)
    used = evaluate(held, before, products) if before else None
    bound, broken = lower_bound(own.hits, sells.hits), _count_broken_lists(db, ask, history, learnt, held)
    against = _thousandths(lower_bound(own.hits, used.hits)) if used else None
    people = _persons(db, ask, history, learnt, cut)
    whole = _count(history, count)
    body = model_file.pack_model(history.skus, whole)
    checksum = model_file.checksum_of(body)
    version = f"pairs-{through}-{checksum[:8]}"
    model_file.keep(model_file.folder_beside(db), version, body)
    return RecommendationsTrained(
        version,
        through,
        outcome_of(round(1000 * own.auc), _thousandths(bound), against, broken),
        *(count, products, len(whole.partner) // 2, own.questions),
        *(round(1000 * own.recall5), round(1000 * own.recall10), round(1000 * sells.recall10)),
        *(round(1000 * used.recall10) if used else 0, _thousandths(bound)),
        *(round(1000 * own.auc), round(1000 * own.shown), broken),
        serves=own.recall10 > sells.recall10 and not broken,
        checksum=checksum,
        reciprocal_rank=round(1000 * own.reciprocal_rank),
        novelty=round(1000 * own.novelty),
        persons=people.persons,
        weights=people.weights,
        again10=round(1000 * people.again10),
        often10=round(1000 * people.often10),
        new10=round(1000 * people.new10),
        new_sells10=round(1000 * people.new_sells10),
    )


def _count(history: BasketHistory, until: int) -> Pairs:
    baskets, people = history.baskets[:until], history.people[:until]
    return count_pairs(baskets, len(history.skus), history.category, people)


def _persons(db: Connection, ask: PairsRequest, history: BasketHistory, pairs: Pairs, cut: int) -> PersonFigures:
    """Results of both lists for customers who have consented to suggestions from their purchases."""
    of = {number for number, id in enumerate(history.customers) if id and may_advise(db, id, ask.at_us)}
    known = (history.baskets, history.days, history.people, of)
    asked, learnt = questions(*known, cut, len(history.baskets)), questions(*known, 0, cut)
    if len(asked) < PERSONS_LEAST:
        return PersonFigures()
    index, rows = ProductIndex(), {sku: row for row, sku in enumerate(history.skus)}

    def like(weights: Mapping[int, float]) -> Floats:
        scores = np.zeros(len(history.skus))
        for sku, score in index.to_mean(db, {history.skus[row]: weight for row, weight in weights.items()}).items():
            if (row := rows.get(sku)) is not None:
                scores[row] = score
        return scores

    return person_figures(learnt, asked, pairs, like)


def _before(db: Connection, history: BasketHistory) -> PairRanking | None:
    """The model in use, ranking today's products."""
    used = model_at(db, 0)
    if used is None:
        return None
    found = model_file.read(model_file.folder_beside(db), used.trained.model_version, used.trained.checksum)
    return PairRanking(found, history.skus) if found else None


class PairRanking:
    """A model's ranking, mapped from its own product rows to other ones."""

    def __init__(self, model: PairModel, skus: list[str]) -> None:
        self._pairs = model.pairs
        self._to = np.array([model.rows.get(sku, -1) for sku in skus], dtype=np.int64)

    def __call__(self, basket: Basket) -> Floats:
        rows = self._to[basket]
        scores = np.append(self._pairs.rank(rows[rows >= 0]), 0.0)
        return np.asarray(scores[self._to])


def _count_broken_lists(
    db: Connection, ask: PairsRequest, history: BasketHistory, pairs: Pairs, held: list[Basket]
) -> int:
    """Count broken lists among those that a kiosk would show for held-out baskets.

    A list is broken by a forbidden product, or too many products of one brand.
    """
    place = Jurisdiction(ask.country, ask.province)
    reader = ProductReader(db, place, ask.at_us, ask.today)
    broken = 0
    for basket in held[:TRIED]:
        best = [history.skus[row] for row in np.argsort(-pairs.rank(basket), kind="stable")[: 4 * LIST]]
        known = reader.read([*best, *(history.skus[row] for row in basket)])
        here = frozenset(known[history.skus[row]].parent for row in basket if history.skus[row] in known)
        situation = Situation("kiosk", place, here=here, private=frozenset(ask.private))
        found = choose_allowed([(known[sku], "with") for sku in best if sku in known], situation, LIST)
        brands = [one.brand for one, _ in found if one.brand]
        crowded = any(brands.count(brand) > BRAND_MOST for brand in brands)
        broken += crowded or any(may_suggest(one, situation, reason) for one, reason in found)
    return broken


def _thousandths(share: float) -> int:
    """Round a bound to thousandths. A positive bound stays positive."""
    return max(1, round(1000 * share)) if share > 0 else min(0, round(1000 * share))


if __name__ == "__main__":
    sys.exit(main())
