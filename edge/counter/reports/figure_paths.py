"""Figures of a report by path, such as `tenders.cash.minor`: how they are named, read and compared. Pure.

A path begins with a section. Reading one figure reads only its section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from edge.money.tenders.tender import currency_of, is_foreign

Unit = Literal["minor", "count"]
_COUNTS = ("count", "copies", "overridden", "voided_lines", "trainings", "training_papers", "opened")
"""Last parts of paths whose figures aren't money."""
_IN_TENDERS = ("foreign", "others")
"""Sections whose amounts are in the tender's own currency."""
SOLD = "sold_minor"
"""The path of the total without `apart`, which reports print below those amounts."""


class SummedReport(Protocol):
    """A report with figures. `apart`: amounts that aren't revenue."""

    @property
    def apart(self) -> Mapping[str, int]: ...


R = TypeVar("R", bound=SummedReport)
Sections = Mapping[str, Callable[[R], Any]]


class FigurePaths(Generic[R]):
    """The figures of a kind of report.

    `sections`: the content of each section, in the report's order: numbers, or structs, mappings and taxes of numbers.
    """

    def __init__(self, sections: Sections[R]) -> None:
        self._sections = sections

    def all(self, of: R) -> dict[str, int]:
        """All figures by path, without zeros. `SOLD` is included if some amounts are in `apart`."""
        shown = [name for name in self._sections if name != SOLD or of.apart]
        return {path: amount for name in shown for path, amount in self._read(of, name) if amount}

    def has(self, path: str) -> bool:
        """Whether this kind of report can have a figure at the path."""
        return path.partition(".")[0] in self._sections

    def at(self, of: R, path: str) -> int:
        """One figure, without reading other sections; 0 if the report doesn't have it."""
        found = self._read(of, path.partition(".")[0]) if self.has(path) else ()
        return next((amount for at, amount in found if at == path), 0)

    def _read(self, of: R, name: str) -> Iterator[tuple[str, int]]:
        return _numbers(msgspec.to_builtins(self._sections[name](of)), name)


def unit_of(path: str) -> Unit:
    """Return the unit of a figure: money or a count."""
    return "count" if path.rpartition(".")[2] in _COUNTS else "minor"


def currency_at(path: str) -> str:
    """A figure's currency ("": the store's)."""
    name, _, rest = path.partition(".")
    kind = rest.partition(".")[0]
    return currency_of(kind) if name in _IN_TENDERS and is_foreign(kind) else ""


def currency_of_key(db: object, *key: str) -> str:
    """The currency of the figure whose path ends a key."""
    return currency_at(key[-1])


def changes(values: Iterable[tuple[int, str, int]]) -> Iterator[tuple[int, int]]:
    """The change that each row makes to its register's value.

    `values`: rows with their register and the value at that time.
    """
    before: dict[str, int] = {}
    for seq, register, value in values:
        yield seq, value - before.get(register, 0)
        before[register] = value


def _numbers(value: Any, path: str) -> Iterator[tuple[str, int]]:
    """The numbers in a value of builtin types, by path; taxes are named by name and rate."""
    if isinstance(value, int):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, f"{path}.{key}")
    else:
        for row in value:
            for key in ("net_minor", "tax_minor"):
                yield f"{path}.{row['name']} {row['rate']}.{key}", row[key]
