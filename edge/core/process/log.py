"""What the process says: structured, to standard error, as text for people or JSON lines for machines."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

import structlog


class Spoken(structlog.PrintLogger):
    """Lines on standard error for as long as somebody listens: a broken pipe or a full disk there stops no part."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):  # nobody hears it, and there is no other place to say so
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def set_up(level: str = "info", format: Literal["text", "json"] = "text") -> None:
    """Configure structlog, and let the standard library's loggers speak through it from `warning` on."""
    # The process may have been started without a standard error.
    stream = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as it runs
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if format == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: Spoken(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s %(message)s")
