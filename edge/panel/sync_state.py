"""What the panel shows of sync: a value that whoever runs the uplink hands in."""

from __future__ import annotations

from typing import Protocol


class SyncState(Protocol):
    """How far the hub holds the journal.

    `state` is `offline`, `greeting`, `flowing` or `stopped`; `through` of `head` rows are held;
    `advice` says what is wrong and what to do about it, and is empty while all is well.
    """

    @property
    def state(self) -> str: ...
    @property
    def through(self) -> int: ...
    @property
    def head(self) -> int: ...
    @property
    def advice(self) -> str: ...
