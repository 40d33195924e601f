"""Values of modules that are imported when first needed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any


async def import_beside(name: str) -> None:
    """Import a large module in a thread, unless it is imported, so that the event loop isn't blocked."""
    if name not in sys.modules:
        await asyncio.to_thread(import_module, name)


class LateValue:
    """A value that `make` returns when it is first needed."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def load(self) -> Any:
        """Make the value."""
        return self._make()


class LateImport(LateValue):
    """A value that a module declares in a list, `LIST[number]`: the attribute `field` of that entry, or one of its
    items. When called, it imports the module, after those in `before`, and calls the value."""

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


class LateFunction:
    """A function, such as a command's handler, whose module is imported when the function is first called. At a start,
    these modules are imported in a thread after the shop is open (`Registry.load_late`)."""

    def __init__(self, module: str, name: str) -> None:
        self.__name__ = name
        self._module = module
        self._found: Callable[..., Any] | None = None

    def __call__(self, *given: Any) -> Any:
        return (self._found or self.load())(*given)

    def load(self) -> Callable[..., Any]:
        """Import the module, once, and return the function."""
        if self._found is None:
            found: Callable[..., Any] = getattr(import_module(self._module), self.__name__)
            self._found = found
        return self._found


class LateModule:
    """A library's module that is imported when one of its names is first used. For names used inside functions, so that
    a large library costs no time or memory at a start."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self._module), name)
        setattr(self, name, found)  # found without this method from now on
        return found


def load_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function itself, without the arguments bound to its first parameters."""
    bound = function.func if isinstance(function, partial) else function
    return bound.load() if isinstance(bound, LateFunction) else bound


class LateHandler(LateImport):
    """A request handler whose module is imported in a thread, because importing a large one would block the event loop
    for too long."""

    async def __call__(self, request: Any) -> Any:
        if self._found is None:
            await asyncio.to_thread(self.load)
        return await self._found(request)
