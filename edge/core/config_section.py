"""Declares a capability's section of `config.toml` and the other settings that it may read. Pure.

A folder's `settings.py` has a `SECTION`, which is discovered by name (`edge/runtime/config/capability_sections.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from edge.lib.i18n import Language

Place = tuple[str | int, ...]
"""Position of a value: keys, and indexes (from 0) in arrays."""


class ConfigFault(Exception):
    """A value in the file is invalid. `what`: the fault; `advice`: the allowed values."""

    def __init__(self, place: Place, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.place = place
        self.what = what
        self.advice = advice


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; unknown keys are an error. An optional `faults()` checks rules that types can't express."""


T = TypeVar("T", bound=Section)


class StoreFacts(Protocol):
    """The part of `[store]` that capabilities may read."""

    @property
    def id(self) -> str: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def currency(self) -> str: ...
    @property
    def language(self) -> Language: ...
    @property
    def zone(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def cash_step_minor(self) -> int: ...
    def name(self, header: Sequence[str]) -> str: ...


class ConfigFile(Protocol):
    """The whole configuration of the appliance."""

    @property
    def store(self) -> StoreFacts: ...

    @property
    def folder(self) -> Path:
        """Folder of the ledger and all other data."""

    @property
    def network_address(self) -> str:
        """The address of the box, as phones in the shop reach it."""

    @property
    def has_head_office(self) -> bool: ...

    def of(self, kind: type[T]) -> T:
        """Return a capability's own section from the file."""

    def said_of(self, setting: str) -> Any:
        """Return the value of "section.key" in the file."""
