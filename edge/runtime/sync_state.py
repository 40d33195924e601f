"""What the panel shows of sync: a value that whoever runs the uplink hands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from edge.core.services import Service


class SyncState(Protocol):
    """How far the hub holds the journal.

    `state` is `offline`, `greeting`, `flowing` or `stopped`; `through` of `head` rows are held; `set_back` of those
    that were acknowledged are not held any more. `advice` says what is wrong and what to do about it, in English,
    and is empty while all is well; `key` with `values` is the same in edge/lib/i18n.
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
    def advice(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...


SYNC: Service[SyncState | None] = Service("sync")
"""None: nothing is sent anywhere."""
