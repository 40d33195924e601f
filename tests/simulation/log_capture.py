"""What the product logs, as lines of the trace. What it calls a fault of its own fails the run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from tests.simulation.process import is_ghost
from tests.simulation.trace import Trace

HARMLESS = {"the ledger can't be written", "the end of the journal can't be read"}
"""Said as errors, and right so: the disk is in trouble."""
OURS = ("couldn't be stored", "can't be projected")
"""How the hub's log begins to speak of a fault of ours."""


@contextmanager
def listening(trace: Trace, faults: list[str]) -> Iterator[None]:
    """Everything that is logged in here goes into `trace`; `faults` gets what no one may ever have to read."""

    def take(_logger: object, level: str, entry: structlog.typing.EventDict) -> Any:
        if is_ghost():
            raise structlog.DropEvent
        said = ", ".join(f"{key}={value}" for key, value in entry.items() if key not in ("event", "exc_info"))
        trace.add("log", f"{entry['event']} {said}".strip())
        if level in ("error", "exception", "critical") and entry["event"] not in HARMLESS:
            faults.append(f"{entry['event']} {said}")
        raise structlog.DropEvent

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if is_ghost():
                return
            trace.add("log", record.getMessage())
            if any(words in record.getMessage() for words in OURS):
                faults.append(f"{record.getMessage()} {record.exc_info}")

    before, handler, logger = structlog.get_config(), Handler(), logging.getLogger("sync")
    level, propagates = logger.level, logger.propagate
    structlog.configure(processors=[take])
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield
    finally:
        structlog.configure(**before)
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagates
