"""Adds the product's log to the trace. An error that the product blames on itself fails the run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from tests.simulation.process import is_ghost
from tests.simulation.trace import Trace

HARMLESS = {"the ledger can't be written", "the end of the journal can't be read"}
"""Errors that are logged rightly, because the disk is in trouble."""
OURS = ("couldn't be stored", "can't be projected")
"""Words in the hub's log that mean a fault of ours."""


@contextmanager
def listening(trace: Trace, faults: list[str]) -> Iterator[None]:
    """Record the log in `trace`, and collect messages in `faults` that must never appear."""

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
