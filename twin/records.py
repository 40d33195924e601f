"""Time limits, and the records that boxes store and compare."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

LEASE_MS = 1_000
"""Milliseconds for which a leader may show its state after sending the renewal that a majority acknowledged."""
HOLD_MS = 1_200
"""Milliseconds for which a voter honours a lease after hearing of it.

Longer than the lease, as clocks differ in speed.
"""
RENEW_MS = 250
GONE_MS = 250
"""Milliseconds for which a message to a follower may wait for its answer before the follower counts as gone."""
SILENT_MS = 1_000
"""Milliseconds of silence after which a follower counts as gone."""
FIRST_WORD_MS = 750
"""Milliseconds for which a restarted leader waits for the other box, which may have data that this disk lost."""
WITNESS_TIMEOUT_MS = 5_000
BACK_MS = 1_000
"""Milliseconds for which a returning box has to keep up before it's an heir again."""
NEVER_MS = 2**62
"""Later than any clock value."""
PROMOTED_TERMS = 1_000
"""Terms by which a promoted box exceeds the newest term it knows, as the other box may have started more."""
BY_HAND_TERMS = 500
"""A term at least this far above the newest one heard of belongs to a promoted box, as elections don't skip terms."""
SHIPMENTS_AT_ONCE = 64
"""Maximum shipments per message; the rest follow after its answer."""


class Mark(msgspec.Struct, frozen=True, order=True):
    """A place in the ledger's history.

    It consists of the term it was written in, its position (from 1, without gaps), and the chained SHA-256 of the
    ledger up to it.
    """

    term: int = 0
    position: int = 0
    checksum: bytes = b""


class Shipment(msgspec.Struct, frozen=True):
    """A commit: its change of the ledger (`body`, defined by the caller) and its place."""

    mark: Mark
    body: Any


def mark_after(last: Mark, term: int, body: bytes) -> Mark:
    """Return the mark of the shipment written after `last`."""
    chained = hashlib.sha256(last.checksum + term.to_bytes(8, "big") + body).digest()
    return Mark(term, last.position + 1, chained)


class Heirs(msgspec.Struct, frozen=True, order=True):
    """The boxes that may lead next without a person's intervention.

    The newest record has the highest term and version.
    """

    term: int = 0
    version: int = 0
    boxes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        return self.term, self.version


class Stored(msgspec.Struct, frozen=True):
    """A voter's stored state.

    It has the newest term promised, the vote in that term ("": none), and the newest record of heirs heard of. A box
    also keeps the last record that a majority is known to have, and the last term it led.
    """

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
