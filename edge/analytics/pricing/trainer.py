"""Process that trains price models: `python -m edge.analytics.pricing.trainer`, with low priority.

Takes a `PriceRequest` as JSON from standard input, reads the ledger alongside its writer, and answers with one
`PriceAnswer`.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from edge.analytics.pricing.commands import PROPOSED, FinishPrices
from edge.analytics.pricing.events import PriceModelTrained, ProposedPrice
from edge.analytics.pricing.price_days import count_baskets, read_price_days, read_priced
from edge.analytics.pricing.price_model import TEST_DAYS, PriceDays, learn, moved_days, price_accuracy, propose
from edge.analytics.pricing.queries import model_at, read_price_model
from edge.analytics.pricing.rules import LEAST_BASKETS, LEAST_DAYS, LEAST_MOVED, LEAST_RIGHT, outcome_of
from edge.analytics.pricing.train_protocol import PriceAnswer, PriceRequest, PricesFailed, PricesTrained
from edge.core.process import child
from edge.core.storage.database import Connection, open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.lib.errors import EdgeError
from edge.lib.units.dates import after

MEMORY_BYTES = 1024**3
CPU_S = 300


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=PriceRequest)
    answer: PriceAnswer
    try:
        with closing(open_reader(Path(ask.ledger))) as db:
            TillFirstElsewhere(db).rest()
            answer = PricesTrained(finish_training(db, ask))
    except MemoryError:
        answer = PricesFailed("no_memory")
    except EdgeError as error:
        answer = PricesFailed("unreadable", {"why": str(error)})
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    return 0


def finish_training(db: Connection, ask: PriceRequest) -> FinishPrices:
    """Train a model, compare it with the one in use, and let the better one suggest prices.

    There are no suggestions if neither is accurate enough. A version that was trained before and isn't in use now isn't
    used again.
    """
    days = read_price_days(db, ask.today)
    baskets, through = count_baskets(db, ask.today), after(ask.today, -1)
    rows = int((~np.isnan(days.paid)).sum())
    in_use = model_at(db, 0)
    enough = baskets >= LEAST_BASKETS and days.sold.shape[1] >= LEAST_DAYS and moved_days(days).sum() >= LEAST_MOVED
    if not enough:
        nothing = PriceModelTrained(_name(through, b""), through, "not_enough", baskets, rows)
        return FinishPrices(nothing)
    made = learn(days.until(days.sold.shape[1] - TEST_DAYS))
    right = round(1000 * price_accuracy(days, made))
    before = round(1000 * price_accuracy(days, _read(in_use.strengths))) if in_use else 0
    strengths = {category: round(1000 * value) for category, value in learn(days).items()}
    body = msgspec.json.encode(strengths)
    version = _name(through, body)
    taken_back = read_price_model(db, version) is not None and (in_use is None or in_use.version != version)
    outcome = "kept" if taken_back else outcome_of(right, before if in_use else None)
    trained = PriceModelTrained(
        *(version, through, outcome, baskets, rows, right, before, strengths), hashlib.sha256(body).hexdigest()
    )
    if outcome == "deployed":
        return FinishPrices(trained, _proposed_prices(db, ask, days, _read(strengths)), version)
    if in_use and before > LEAST_RIGHT:
        return FinishPrices(trained, _proposed_prices(db, ask, days, _read(in_use.strengths)), in_use.version)
    return FinishPrices(trained)


def _proposed_prices(
    db: Connection, ask: PriceRequest, days: PriceDays, strengths: dict[str, float]
) -> tuple[ProposedPrice, ...]:
    return propose(days, strengths, read_priced(db, days.skus, ask.today, ask.now_us, ask.held), PROPOSED)


def _read(strengths: dict[str, int]) -> dict[str, float]:
    return {category: value / 1000 for category, value in strengths.items()}


def _name(through: str, body: bytes) -> str:
    """The name: last day and a hash of the learnt coefficients."""
    return f"prices-{date.fromisoformat(through)}-{hashlib.sha256(body).hexdigest()[:8]}"


if __name__ == "__main__":
    sys.exit(main())
