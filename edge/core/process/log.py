"""Logging: structured, to standard error, as text or JSON lines.

Tracebacks show where something failed but never variables, which may hold PINs and keys.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, TextIO

import structlog

from edge.core.limits import RECENT_CHARS, RECENT_LINES, TRACEBACK_FRAMES

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


RECENT: deque[str] = deque(maxlen=RECENT_LINES)
"""The newest log lines."""


class TextFormatter(structlog.PrintLogger):
    """Writes lines to standard error if possible. A broken pipe or full disk doesn't stop any part."""

    def msg(self, message: str) -> None:
        RECENT.append(message[:RECENT_CHARS])
        with suppress(OSError, ValueError):  # there is nowhere else to report it
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


class _Standard(logging.Formatter):
    """Formats the standard library's log records."""

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        return compact(ei)


def set_up(level: str = "info", format: Literal["text", "json"] = "text") -> None:
    """Configure structlog and route the standard library's loggers through it from `warning` up."""
    # The process may have been started without standard error.
    stream = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as it runs
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        # structlog's default formatter uses `rich` if installed, which shows local variables.
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=_below)
    )
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if format == "json":
        processors.append(structlog.processors.ExceptionRenderer(compact))
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: TextFormatter(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Standard("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def compact(exc_info: ExcInfo) -> str:
    """Format a traceback: the last `TRACEBACK_FRAMES` calls of each exception, without variables."""
    said = traceback.format_exception(*exc_info, limit=-TRACEBACK_FRAMES)
    return "".join(said).rstrip("\n")


def _below(stream: TextIO, exc_info: ExcInfo) -> None:
    stream.write("\n" + compact(exc_info))
