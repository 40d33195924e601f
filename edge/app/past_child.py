"""Process for past views and explanations, at lower priority than the till: `python -m edge.app.past_child CONFIG`. It
reads the ledger and writes only its folder `past` (`edge/core/journal/past.py`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from edge.analytics.insight.explain import ExplainFigure
from edge.core.journal.past_reads import FindMoment, FindStep, KeepBases, MakeView
from edge.core.process.child import leave_first_processor
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.reading_child import ReadingChild, limit_process
from edge.core.storage.database import open_reader
from edge.operations.ledger import build_registry
from edge.runtime.config import load

NICENESS = 19
"""Below all other processes, but not idle, because a user is waiting for the page."""
GROWN_BYTES = 512 << 20
Question = FindMoment | FindStep | MakeView | KeepBases | ExplainFigure


def main(arguments: Sequence[str]) -> int:
    """Answer questions until the input closes."""
    limit_process(NICENESS)
    leave_first_processor()
    config = load(Path(arguments[0]))
    db = open_reader(config.ledger)
    child = ReadingChild(db, build_registry(config), Question, GROWN_BYTES)
    freeze_gc()
    child.answer_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
