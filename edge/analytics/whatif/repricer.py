"""Process that reprices a period: `python -m edge.analytics.whatif.repricer`, with low priority.

Takes a `WhatifQuestion` as JSON from standard input, reads the ledger alongside its writer, and answers with lines of
JSON: `WhatifProgress`, and finally `Answered` or `NotAnswered`.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import msgspec

from edge.analytics.whatif.answering import answer_one, teller
from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.comparison import Answered, NotAnswered, WhatifComparison, WhatifQuestion
from edge.core.storage.database import open_reader
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import ENGLISH
from edge.lib.tax.rules import TaxTable


def main() -> int:
    """Answer one question."""
    return answer_one(WhatifQuestion, answer, Answered, NotAnswered)


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
    with closing(open_reader(Path(asked.ledger))) as was, closing(open_reader(Path(asked.ledger))) as would:
        return compare(was, would, asked.scenario, settings, teller(was))


if __name__ == "__main__":
    sys.exit(main())
