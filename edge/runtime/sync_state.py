"""Sync status for pages, supplied by the uplink."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from edge.core.services import Service


class SyncState(Protocol):
    """How much of the journal the hub has.

    `state` is `offline`, `greeting`, `flowing` or `stopped`. The hub has `through` of `head` rows, and lost `set_back`
    of those it confirmed. `place`: the broker's address while connected. `advice` is the problem and its remedy in
    English, empty if there is no problem; `key` with `values` is its translation in edge/lib/i18n.
    """

    @property
    def state(self) -> str: ...
    @property
    def through(self) -> int: ...
    @property
    def head(self) -> int: ...
    @property
    def set_back(self) -> int: ...
    @property
    def place(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


SYNC: Service[SyncState | None] = Service("sync")
"""The state of sync; None: nothing is sent."""
