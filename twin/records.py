"""What is kept, and what is compared."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

LEASE_MS = 1_000
"""How long a leader may show what it holds, from the sending of the renewal that a majority acknowledged."""
HOLD_MS = 1_200
"""How long a voter holds a lease, from hearing of it: longer than the lease, as clocks run differently."""
RENEW_MS = 250
GONE_MS = 250
"""A follower is gone, if something waited that long for its word,"""
SILENT_MS = 1_000
"""or if it said nothing for so long."""
FIRST_WORD_MS = 750
"""So long a leader that was started anew waits for the other box before it goes on without it: that box may have what
the disk here lost."""
WITNESS_GONE_MS = 5_000
BACK_MS = 1_000
"""How long a box that was away has to keep up before it is an heir again."""
NEVER_MS = 2**62
"""Later than any clock says."""
PROMOTED_TERMS = 1_000
"""So far above the newest term it knows a promoted box leads: the other one may have gone on meanwhile."""
BY_HAND_TERMS = 500
"""A term that is so far above the newest one that was heard of is a promoted box's: no vote skips any."""
SHIPMENTS_AT_ONCE = 64
"""In one message; more follow behind its answer."""


class Mark(msgspec.Struct, frozen=True, order=True):
    """A place in the ledger's history: the term in which it was written, its position (gap-free, 1 is the first), and
    the checksum of all up to it (SHA-256, chained)."""

    term: int = 0
    position: int = 0
    checksum: bytes = b""


class Shipment(msgspec.Struct, frozen=True):
    """One commit: what it made of the ledger (`body`, of whoever ships), and where it stands."""

    mark: Mark
    body: Any


def mark_after(last: Mark, term: int, body: bytes) -> Mark:
    """The place of what is written behind `last`."""
    chained = hashlib.sha256(last.checksum + term.to_bytes(8, "big") + body).digest()
    return Mark(term, last.position + 1, chained)


class Heirs(msgspec.Struct, frozen=True, order=True):
    """Who may lead next without a person. The newest record is that of the highest term and version."""

    term: int = 0
    version: int = 0
    boxes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        return self.term, self.version


class Stored(msgspec.Struct, frozen=True):
    """What a voter keeps: the newest term it promised to, whom it voted for in it ("": nobody), the newest record of
    heirs it has heard of. A box also keeps the record that it knows to be a majority's, and the term it led last."""

    term: int = 0
    vote: str = ""
    heirs: Heirs = Heirs()
    certain: Heirs = Heirs()
    led: int = 0


class Peers(msgspec.Struct, frozen=True):
    """All that vote, and which of them are boxes."""

    voters: tuple[str, ...]
    boxes: tuple[str, ...]

    @property
    def majority(self) -> int:
        return len(self.voters) // 2 + 1
