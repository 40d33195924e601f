"""Process that simulates stock: `python -m edge.analytics.whatif.stock_simulator`, with low priority.

Takes a `StockQuestion` as JSON from standard input, reads the ledger next to its writer, and answers in lines of JSON.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from edge.analytics.whatif.answering import answer_one, teller
from edge.analytics.whatif.stock_answering import compare_stock
from edge.analytics.whatif.stock_scenario import StockAnswered, StockComparison, StockNotAnswered, StockQuestion
from edge.core.storage.database import open_reader


def main() -> int:
    """Answer one question."""
    return answer_one(StockQuestion, answer, StockAnswered, StockNotAnswered)


def answer(asked: StockQuestion) -> StockComparison:
    """The result of a question; yields to the till between batches of products."""
    with closing(open_reader(Path(asked.ledger))) as db:
        return compare_stock(db, asked.scenario, teller(db))


if __name__ == "__main__":
    sys.exit(main())
