"""What pages ask for by name: what one capability's pages need beside the ledger, and no other's.

A service is declared once, beside what it is; whoever has it in hand asks a site's `Services` for what stands behind
it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Service(Generic[T]):
    """A declared service. `make` makes it of the site at its first use; without it the composition puts it there."""

    def __init__(self, name: str, make: Callable[[Any], T] | None = None) -> None:
        self.name = name
        self.make = make


class Services:
    """The services of one site. Those of a practice have their own, and else what is `above` them. Used on the event
    loop's thread."""

    def __init__(self, site: Any, above: Services | None = None) -> None:
        self._site = site
        self._above = above
        self._made: dict[Service[Any], Any] = {}
        self._own: list[Any] = []

    def put(self, service: Service[T], made: T) -> None:
        """From now on `made` is what stands behind it."""
        self._made[service] = made

    def of(self, service: Service[T]) -> T:
        """What stands behind it. `LookupError`: nobody put it there, and it cannot be made."""
        if service in self._made:
            found: T = self._made[service]
            return found
        if self._above is not None:
            return self._above.of(service)
        if service.make is None:
            raise LookupError(f"the service {service.name!r} is missing: edge/app/panel.py must provide it")
        made = self._made[service] = service.make(self._site)
        self._own.append(made)
        return made

    def close(self) -> None:
        """Close those that were made here and have an end, the last one first; others are whose who put them there."""
        for made in reversed(self._own):
            if callable(close := getattr(made, "close", None)):
                close()
