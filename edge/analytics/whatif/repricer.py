"""Process that reprices a period: `python -m edge.analytics.whatif.repricer`, with low priority.

Takes a `Question` as JSON from standard input, reads the ledger beside its writer, and answers with lines of JSON:
progress, and finally the `Comparison`.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.comparison import (
    Answer,
    Answered,
    NotAnswered,
    WhatifComparison,
    WhatifProgress,
    WhatifQuestion,
)
from edge.core.process import child
from edge.core.storage.database import open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.counter.till.settings import TillSettings
from edge.lib.errors import EdgeError
from edge.lib.i18n import ENGLISH
from edge.lib.tax.rules import TaxTable

MEMORY_BYTES = 2 * 1024**3
CPU_S = 600


def main() -> int:
    """Answer one question."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=WhatifQuestion)
    try:
        _say(Answered(answer(asked)))
    except MemoryError:
        _say(NotAnswered("no_memory"))
    except EdgeError as error:
        _say(NotAnswered("unreadable", {"why": str(error)}))
    return 0


def answer(asked: WhatifQuestion) -> WhatifComparison:
    """The result of a question; yields to the till between batches of receipts."""
    settings = TillSettings(
        currency=asked.currency,
        tax=msgspec.json.decode(asked.tax, type=TaxTable),
        tax_number="",
        header=(),
        footer=(),
        language=ENGLISH,
        zone=asked.zone,
    )
    began = time.process_time()
    with closing(open_reader(Path(asked.ledger))) as was, closing(open_reader(Path(asked.ledger))) as would:
        till = TillFirstElsewhere(was)

        def tell(progress: WhatifProgress) -> None:
            _say(progress)
            till.rest()

        found = compare(was, would, asked.scenario, settings, tell)
    return msgspec.structs.replace(found, seconds=round(time.process_time() - began, 2))


def _say(answer: Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
