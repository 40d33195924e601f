"""Process for reads alongside the till: `python -m edge.app.reading_child CONFIG`. Its standard input is a packet
socket for questions and answers (`edge/core/process/reading_process.py` is the other end).

It opens only the ledger, read-only (`sandbox`), with bounded memory and time per question. If it has become too large,
it exits after an answer, and the next question starts a new process.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from edge.conversation.assistant.turns.turn_reads import LookUpTurn, ReadQuotes
from edge.conversation.copilot.copilot_reads import AskTool, TellMeaning, UnderstandQuery
from edge.conversation.copilot.form_wishes import ReadFormWish
from edge.conversation.copilot.whatif_wishes import ReadWhatifWish
from edge.core.messages import Actor
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.reading_child import ReadingChild, limit_process
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_reader
from edge.lib.i18n import LANGUAGES
from edge.operations.ledger import build_registry
from edge.runtime.config import Config, load
from sandbox.landlock import confine

NICENESS = 5
GROWN_BYTES = 256 << 20
NOBODY, NO_DAY = Actor("", "system", "", frozenset()), "2000-01-01"
"""Caller and day of the warm-up request."""
Question = LookUpTurn | ReadQuotes | UnderstandQuery | AskTool | TellMeaning | ReadFormWish | ReadWhatifWish


def warm(db: Connection, registry: Registry, config: Config) -> None:
    """Load data that the first question needs."""
    for language in LANGUAGES:
        LookUpTurn(config.store.currency, "", "2 a 3 b", language, "stock", NO_DAY).read(db, registry)
        about = config.store.currency, NO_DAY, 0, config.store.zone, "a b", language
        UnderstandQuery(NOBODY, *about, None).read(db, registry)


def main(arguments: Sequence[str]) -> int:
    """Answer questions until the input closes."""
    freeze_gc()
    limit_process(NICENESS)
    config = load(Path(arguments[0]))
    db = open_reader(config.ledger)
    db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens the files shared with the writer
    registry = build_registry(config)
    child = ReadingChild(db, registry, Question, GROWN_BYTES)
    confine(f"{config.ledger}{end}" for end in ("", "-wal", "-shm"))
    warm(db, registry, config)
    freeze_gc()
    child.answer_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
