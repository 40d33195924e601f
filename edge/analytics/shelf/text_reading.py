"""Text recognition for shelves: an engine of kind `ocr` in `models/`, if there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol, runtime_checkable

import structlog

_log = structlog.get_logger(__name__)
READ_S = 20.0
"""Seconds to wait for a picture's text."""


@runtime_checkable
class TextReaders(Protocol):
    """Text recognition: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Any]: ...


def reader_of(models: object) -> TextReaders | None:
    """The text recogniser, or None."""
    return models if isinstance(models, TextReaders) and models.has("ocr") else None


async def read_lines(reader: TextReaders, picture: bytes) -> tuple[Any, ...] | None:
    """The lines of text (`text`, `corners`) in a JPEG; None if it couldn't be read in time."""
    from models.errors import ModelError
    from models.kinds import Picture, Read
    from models.tensor import Tensor

    asked = Read(Picture(Tensor(picture, (len(picture),)), "file"))
    try:
        return tuple((await asyncio.wait_for(_reply(reader, asked), READ_S)).lines)
    except (ModelError, TimeoutError) as error:
        _log.warning("the text on a shelf couldn't be read", why=str(error))
        return None


async def _reply(reader: TextReaders, request: Any) -> Any:
    return await reader.ask(request, READ_S)
