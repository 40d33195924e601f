"""What a capability needs to declare a section of `config.toml`, and what it is told of the rest of the file. Pure.

A folder's `settings.py` has a `SECTION`, which is found by name (`edge/runtime/config/capability_sections.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from edge.lib.i18n import Language

Place = tuple[str | int, ...]
"""Where something stands: keys, and numbers of entries (from 0) in arrays."""


class ConfigFault(Exception):
    """Something at a place of the file does not fit; `advice` says what would."""

    def __init__(self, place: Place, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.place = place
        self.what = what
        self.advice = advice


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: a key that is not a field is an error. One with a `faults()` says what types cannot."""


T = TypeVar("T", bound=Section)


class StoreFacts(Protocol):
    """`[store]`, as far as capabilities are told of it."""

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
    """The whole of what the appliance was told."""

    @property
    def store(self) -> StoreFacts: ...

    @property
    def folder(self) -> Path:
        """Where the ledger and all else is kept."""

    @property
    def has_head_office(self) -> bool: ...

    def of(self, kind: type[T]) -> T:
        """A capability's own section, as the file has it."""

    def said_of(self, setting: str) -> Any:
        """What the file says of "section.key"."""
