"""Values of modules that are imported when first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from importlib import import_module
from typing import Any


class LateImport:
    """A value that a module declares in a list, `LIST[number]`: the attribute `field` of that entry, or its item. When
    called, it imports the module, after those in `before`, and calls the value."""

    def __init__(
        self, module: str, listed: str, number: int, field: str | int, name: str = "", before: Iterable[str] = ()
    ) -> None:
        self.__name__ = name
        self._modules = *before, module
        self._entry = listed, number, field
        self._found: Any = None

    def __call__(self, *given: Any) -> Any:
        return self.load()(*given)

    def load(self) -> Any:
        """Import the module, once, and return the value."""
        if self._found is None:
            listed, number, field = self._entry
            *_, module = [import_module(name) for name in self._modules]
            entry = getattr(module, listed)[number]
            self._found = entry[field] if isinstance(field, int) else getattr(entry, field)
        return self._found


class LateHandler(LateImport):
    """A request handler whose module is imported in a thread: importing a large one would block the event loop too long
    for the till."""

    async def __call__(self, request: Any) -> Any:
        if self._found is None:
            await asyncio.to_thread(self.load)
        return await self._found(request)
