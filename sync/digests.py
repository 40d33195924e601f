"""Compare two copies of a history: digests of ranges, and of single rows where those differ.

The hub hashes the rows in its tables again rather than using stored hashes, so damage on either side shows. The edge
uses the hashes of its chain, which `edge verify` checks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from sync import limits
from sync.wire import Digest, Digests, WireError

Ask = Callable[[Digest], Awaitable[Digests]]
Hashes = Callable[[int, int], Awaitable[Sequence[bytes]]]
"""Returns the hashes of our rows from one number to another (inclusive), in order."""


class Proof(msgspec.Struct, frozen=True):
    """The result of comparing rows `first` to `through`.

    `wrong`: stretches of rows (inclusive) `missing` at the hub or `different` there, with their counts; `unseen`:
    further differing ranges that weren't examined row by row.
    """

    first: int
    through: int
    missing: int = 0
    different: int = 0
    wrong: tuple[tuple[int, int], ...] = ()
    unseen: int = 0

    @property
    def holds(self) -> bool:
        return not (self.missing or self.different or self.unseen)


def digest_of(hashes: Sequence[bytes]) -> bytes:
    """SHA-256 over the hashes of a range's rows in order; empty for no rows."""
    return hashlib.sha256(b"".join(hashes)).digest() if hashes else b""


async def compare(first: int, head: int, hashes: Hashes, ask: Ask) -> Proof:
    """Compare our rows `first` to `head` with the hub's, up to its last one.

    Raises the errors of `hashes` and `ask`.
    """
    found = _Found()
    step, at, through = limits.DIGEST_ROWS, first, head
    while at <= through:
        answer = await _ask_digests(ask, Digest(at, step, limits.DIGEST_RANGES))
        through = min(through, answer.through)
        if at < answer.first:  # rows in the hub's archives aren't compared
            first = at = answer.first
            continue
        end = min(at + step * limits.DIGEST_RANGES - 1, through)
        ours = await hashes(at, end) if at <= end else []
        for begins, mine, theirs in _ranges(at, step, ours, answer.digests):
            if mine != theirs:
                await found.look(begins, min(begins + step - 1, through), hashes, ask)
        at = end + 1
    return Proof(first, through, found.missing, found.different, tuple(found.wrong), found.unseen)


def _ranges(at: int, step: int, ours: Sequence[bytes], theirs: Sequence[bytes]) -> list[tuple[int, bytes, bytes]]:
    """Each range's first row, our digest and theirs."""
    starts = range(0, len(ours), step)
    if len(theirs) < len(starts):
        raise WireError(f"{len(theirs)} digests; {len(starts)} were requested")
    return [(at + start, digest_of(ours[start : start + step]), theirs[start // step]) for start in starts]


async def _ask_digests(ask: Ask, question: Digest) -> Digests:
    answer = await ask(question)
    if (answer.from_seq, answer.step) != (question.from_seq, question.step):
        raise WireError(f"digests from {answer.from_seq} on; requested were those from {question.from_seq}")
    return answer


class _Found:
    """Differences found so far."""

    def __init__(self) -> None:
        self.missing = self.different = self.unseen = 0
        self.wrong: list[tuple[int, int]] = []
        self._looks = 0

    async def look(self, first: int, last: int, hashes: Hashes, ask: Ask) -> None:
        """Examine a range row by row, unless the limit is reached."""
        self._looks += 1
        if self._looks > limits.DIGEST_LOOKS:
            self.unseen += 1
            return
        answer = await _ask_digests(ask, Digest(first, 1, last - first + 1))
        for seq, mine, theirs in _ranges(first, 1, await hashes(first, last), answer.digests):
            if mine != theirs:
                self.missing += not theirs
                self.different += bool(theirs)
                self._note(seq)

    def _note(self, seq: int) -> None:
        if self.wrong and self.wrong[-1][1] == seq - 1:
            self.wrong[-1] = (self.wrong[-1][0], seq)
        else:
            self.wrong.append((seq, seq))
