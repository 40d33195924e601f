"""The process that simulates stock: `python -m edge.analytics.whatif.stock_simulator`, behind the till.

Takes a `StockQuestion` as JSON from standard input, reads the ledger beside its writer, and answers with lines of JSON.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec

from edge.analytics.whatif.stock_answering import compare_stock
from edge.analytics.whatif.stock_scenario import (
    StockAnswer,
    StockAnswered,
    StockComparison,
    StockNotAnswered,
    StockProgress,
    StockQuestion,
)
from edge.core.process import child
from edge.core.storage.database import open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.lib.errors import EdgeError

MEMORY_BYTES = 2 * 1024**3
CPU_S = 600


def main() -> int:
    """Answer one question."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=StockQuestion)
    try:
        _say(StockAnswered(answer(asked)))
    except MemoryError:
        _say(StockNotAnswered("no_memory"))
    except EdgeError as error:
        _say(StockNotAnswered("unreadable", {"why": str(error)}))
    return 0


def answer(asked: StockQuestion) -> StockComparison:
    """What a question comes to; it waits for the till between some products."""
    began = time.process_time()
    with closing(open_reader(Path(asked.ledger))) as db:
        till = TillFirstElsewhere(db)

        def tell(progress: StockProgress) -> None:
            _say(progress)
            till.rest()

        found = compare_stock(db, asked.scenario, tell)
    return msgspec.structs.replace(found, seconds=round(time.process_time() - began, 2))


def _say(answer: StockAnswer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
