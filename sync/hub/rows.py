"""Process rows at the hub: decide which to store, and how far the verified prefix extends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from sync import limits, lineage
from sync.hub.model import (
    Block,
    Device,
    GetLinks,
    Halt,
    Link,
    Outcome,
    PutRows,
    Record,
    Steps,
    barred_answer,
    fenced_answer,
    stop,
)
from sync.wire import Ack, Down

EPOCH_STARTED = "EpochStarted"


def take(device: Device, blocks: Sequence[Block], credit: int) -> Steps[Outcome]:
    """Store the new rows of these blocks, and extend the prefix as long as the chain is valid."""
    if device.barred:
        return barred_answer(device, max(block.epoch for block in blocks))
    older = {block.epoch for block in blocks if block.epoch < device.epoch}
    replies: list[Down] = [fenced_answer(epoch, device.epoch) for epoch in sorted(older)]
    mine = sorted((b for b in blocks if b.epoch == device.epoch), key=lambda block: block.first)
    if not mine:  # newer epochs, if any: their hello was lost and will be resent
        return Outcome(device, replies)
    if device.stopped is not None:
        return Outcome(device, [*replies, device.stopped])
    prefix = _Prefix(device)
    prefix.known = yield from _stored_hashes(device, mine)
    halt = prefix.add_all(mine)
    if prefix.fresh:
        yield PutRows(prefix.fresh)
    if halt is None:
        halt = yield from prefix.follow()
    if mine[0].first <= prefix.through and (halt is None or prefix.through > device.through):
        replies.append(Ack(device.epoch, prefix.through, credit, hash=prefix.hash))
    return prefix.outcome(replies, halt)


def look(device: Device) -> Steps[Outcome]:
    """Find rows missing before stored ones, if any."""
    prefix = _Prefix(device)
    halt = yield from prefix.follow()
    return prefix.outcome([], halt)


def _stored_hashes(device: Device, blocks: Sequence[Block]) -> Steps[dict[tuple[int, int], bytes]]:
    """Return the hashes of the rows that are already stored."""
    repeated = [(block.first, min(block.last, device.stored)) for block in blocks]
    spans = [span for first, last in repeated for span in lineage.spans(device.epochs, first, last)]
    if not spans:
        return {}
    links = yield GetLinks(spans, sum(span.last - span.first + 1 for span in spans))
    return {(link.epoch, link.seq): link.hash for link in links}


class _Prefix:
    """A device's prefix while a batch is added."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.through = device.through
        self.hash = device.through_hash
        self.stored = device.stored
        self.known: dict[tuple[int, int], bytes] = {}
        self.fresh: list[Record] = []
        self.gap: tuple[int, int] | None = None

    def add_all(self, blocks: Sequence[Block]) -> Halt | None:
        """Add blocks in row order, up to the first invalid one."""
        overlap = any(later.first <= sooner.last for sooner, later in pairwise(blocks))
        try:
            for block in blocks:
                if block.last > self.device.through + limits.WINDOW_ROWS:
                    break
                self._add(block)
                if overlap:
                    self.known.update({(row.epoch, row.seq): row.hash for row in block.records})
        except Halt as halt:
            return halt
        return None

    def _add(self, block: Block) -> None:
        _check_epochs(self.device, block)
        new = self._new(block)
        if block.first <= self.through + 1 <= block.last:
            self._link(self.through + 1, block.records[self.through + 1 - block.first].prev)
            self.through, self.hash = block.last, block.records[-1].hash
        self.fresh += new
        self.stored = max(self.stored, block.last)

    def _new(self, block: Block) -> list[Record]:
        """Return the rows not stored yet. Stored rows must be identical."""
        if block.first > self.stored:
            return block.records
        new = []
        for row in block.records:
            stored = self.known.get((row.epoch, row.seq))
            if stored is None:
                new.append(row)
            elif stored != row.hash:
                raise Halt("forked", f"Row {row.seq} of epoch {row.epoch} was received twice with different content.")
        return new

    def _link(self, seq: int, prev: bytes) -> None:
        if prev != self.hash:
            raise Halt("broken_chain", f"Row {seq} doesn't continue row {seq - 1} stored by the hub.")

    def follow(self) -> Steps[Halt | None]:
        """Continue over rows stored out of order; record the first missing stretch."""
        while self.through < self.stored and self.gap is None:
            spans = lineage.spans(self.device.epochs, self.through + 1, self.stored)
            links: list[Link] = yield GetLinks(spans, limits.LINKS)
            if not links:
                return None
            try:
                self._follow(links)
            except Halt as halt:
                return halt
        return None

    def _follow(self, links: Sequence[Link]) -> None:
        for link in links:
            if link.seq != self.through + 1:
                self.gap = (self.through + 1, link.seq - 1)
                return
            self._link(link.seq, link.prev)
            self.through, self.hash = link.seq, link.hash

    def outcome(self, replies: list[Down], halt: Halt | None) -> Outcome:
        device = msgspec.structs.replace(self.device, through=self.through, through_hash=self.hash, stored=self.stored)
        if halt is None:
            return Outcome(device, replies, self.gap)
        stopped = stop(device, device.epoch, halt.code, str(halt))
        return Outcome(stopped.device, [*replies, *stopped.replies])


def _check_epochs(device: Device, block: Block) -> None:
    """Check that each row has the epoch that the history gives its number, and that epochs begin as announced."""
    spans = lineage.spans(device.epochs, block.first, block.last)
    if tuple((span.epoch, span.first) for span in spans) != block.spans:
        raise Halt("broken_chain", f"Rows {block.first} to {block.last} don't belong to the announced epochs.")
    for epoch in device.epochs:
        if block.first <= epoch.first_seq <= block.last:
            row = block.records[epoch.first_seq - block.first]
            if row.type != EPOCH_STARTED:
                raise Halt("broken_chain", f"Epoch {epoch.epoch} begins with {row.type}, not {EPOCH_STARTED}.")
            if row.prev != epoch.parent_hash:
                raise Halt("broken_chain", f"Epoch {epoch.epoch} has a different parent than its first row.")
