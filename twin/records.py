"""Records kept and compared."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

LEASE_MS = 1_000
"""How long a leader may show its state, from sending the renewal that a majority acknowledged."""
HOLD_MS = 1_200
"""How long a voter honours a lease after hearing of it: longer than the lease, as clocks differ in speed."""
RENEW_MS = 250
GONE_MS = 250
"""A follower is gone if something waited this long for its answer,"""
SILENT_MS = 1_000
"""or if it sent nothing for this long."""
FIRST_WORD_MS = 750
"""How long a restarted leader waits for the other box before going on without it: that box may have what the disk here
lost."""
WITNESS_TIMEOUT_MS = 5_000
BACK_MS = 1_000
"""How long a box that was away has to keep up before it is an heir again."""
NEVER_MS = 2**62
"""Later than any clock value."""
PROMOTED_TERMS = 1_000
"""How far above the newest term it knows a promoted box leads: the other box may have gone on meanwhile."""
BY_HAND_TERMS = 500
"""A term this far above the newest one heard of is a promoted box's: votes don't skip terms."""
SHIPMENTS_AT_ONCE = 64
"""Per message; more follow after its answer."""


class Mark(msgspec.Struct, frozen=True, order=True):
    """A place in the ledger's history.
    The term it was written in, its position (gap-free, from 1), and the checksum of everything up to it (SHA-256,
    chained)."""

    term: int = 0
    position: int = 0
    checksum: bytes = b""


class Shipment(msgspec.Struct, frozen=True):
    """One commit: its change of the ledger (`body`, defined by the caller), and its place."""

    mark: Mark
    body: Any


def mark_after(last: Mark, term: int, body: bytes) -> Mark:
    """The mark of the shipment written after `last`."""
    chained = hashlib.sha256(last.checksum + term.to_bytes(8, "big") + body).digest()
    return Mark(term, last.position + 1, chained)


class Heirs(msgspec.Struct, frozen=True, order=True):
    """The boxes that may lead next without a person. The newest record has the highest term and version."""

    term: int = 0
    version: int = 0
    boxes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        return self.term, self.version


class Stored(msgspec.Struct, frozen=True):
    """A voter's stored state.

    The newest term it promised to, its vote in it ("": none), and the newest record of heirs it has heard of. A box
    also keeps the last record it knows a majority to have, and the last term it led."""

    term: int = 0
    vote: str = ""
    heirs: Heirs = Heirs()
    certain: Heirs = Heirs()
    led: int = 0


class Peers(msgspec.Struct, frozen=True):
    """All voters, and which of them are boxes."""

    voters: tuple[str, ...]
    boxes: tuple[str, ...]

    @property
    def majority(self) -> int:
        return len(self.voters) // 2 + 1
