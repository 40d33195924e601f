"""Named services of capabilities for their pages, in addition to the ledger.

A service is declared once, next to its implementation. Code with the declaration gets the instance from a site's
`Services`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from edge.lib.late_import import LateValue

T = TypeVar("T")


class Service(Generic[T]):
    """A service declaration with a unique name. `make` creates the service for a site on first use; without it, the
    composition root provides it."""

    def __init__(self, name: str, make: Callable[[Any], T] | None = None) -> None:
        self.name = name
        self.make = make


class Services:
    """The services of one site. A practice site has its own and falls back to those `above` it. For the event loop's
    thread."""

    def __init__(self, site: Any, above: Services | None = None) -> None:
        self._site = site
        self._above = above
        self._made: dict[str, Any] = {}
        self._own: list[Any] = []

    def put(self, service: Service[T], made: T | LateValue) -> None:
        """Register `made` as the instance. A `LateValue` is loaded at first use."""
        self._made[service.name] = made

    def of(self, service: Service[T]) -> T:
        """Return the instance. Raises `LookupError` if it is neither registered nor can be created."""
        if service.name in self._made:
            found: T = self._made[service.name]
            if isinstance(found, LateValue):
                found = self._made[service.name] = found.load()
            return found
        if self._above is not None:
            return self._above.of(service)
        if service.make is None:
            raise LookupError(f"the service {service.name!r} is missing: edge/app/panel.py must provide it")
        made = self._made[service.name] = service.make(self._site)
        self._own.append(made)
        return made

    def close(self) -> None:
        """Close the services created here that have `close`, last one first. Registered services belong to their
        owners."""
        for made in reversed(self._own):
            if callable(close := getattr(made, "close", None)):
                close()
