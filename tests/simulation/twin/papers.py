"""Receipts: the leading box's part that prints them, and the network's only printer, which belongs to neither box."""

from __future__ import annotations

import random
from collections import Counter, deque
from typing import TYPE_CHECKING

from tests.simulation.twin.ledger import Disk
from tests.simulation.twin.truth import Broken
from twin.box import NotLeading

if TYPE_CHECKING:
    from tests.simulation.twin.world import Node, World

SOLD, AGAIN, CLAIMED, PRINTED, DOUBTED = b"command", b"again", b"claims", b"printed", b"doubts"
"""First words of commits: a sale that needs a receipt; a repeated request for one; a receipt about to be sent
(claimed); printed; in doubt, so that a person is asked.
"""
WRITE_MS = (0, 5)
LOOK_MS = (500, 2_000)
"""Milliseconds until a person who was asked looks for the receipt."""
STILL_MS = (1_500, 4_000)
PAPER_MS = (5, 200)
"""Milliseconds from a receipt's first byte until it is printed and the printer has confirmed it."""


class Printer:
    """The printer, which counts its receipts by sale."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.stills = 0.0
        """Probability that a box pauses between a receipt's mark and its first byte. Above 0, people look for receipts
        in doubt.
        """
        self._papers: Counter[bytes] = Counter()

    def prints(self, paper: bytes) -> None:
        sale = _sale_of(paper)
        self._papers[sale] += 1
        if self._papers[sale] > 1:
            raise Broken(f"the receipt of {sale!r} is on paper twice")

    def has(self, paper: bytes) -> bool:
        return self._papers[_sale_of(paper)] > 0


def _sale_of(paper: bytes) -> bytes:
    while paper.startswith(AGAIN):
        paper = paper.partition(b" ")[2]
    return paper


class PrintQueue:
    """The state of each receipt in a ledger. The leading box continues to read new entries."""

    def __init__(self, disk: Disk) -> None:
        self._disk, self._read = disk, 0
        self.stands: dict[bytes, bytes] = {}
        self.waiting: deque[bytes] = deque()
        self.read_on()

    def read_on(self) -> None:
        for one in self._disk.shipments[self._read :]:
            what, _, paper = one.body.partition(b" ")
            if what in (SOLD, AGAIN):
                self.waiting.append(one.body)
            elif what in (CLAIMED, PRINTED, DOUBTED):
                self.stands[paper] = what
        self._read = len(self._disk.shipments)
        while self.waiting and self.waiting[0] in self.stands:
            self.waiting.popleft()

    @property
    def open_claims(self) -> list[bytes]:
        """Claimed receipts without a known result."""
        return [paper for paper, stands in self.stands.items() if stands == CLAIMED]


class Spooler:
    """The printer part of a leading box.

    It prints one receipt at a time, and commits a mark before sending its first byte. Receipts marked by an earlier
    leader are in doubt.
    """

    def __init__(self, world: World, node: Node) -> None:
        self._world, self._node = world, node
        self._queue = PrintQueue(node.disk)
        self._doubted = deque(self._queue.open_claims)
        self.in_hand = b""
        self._claimed_at = 0
        self._is_sent = self._is_out = False

    def step(self) -> None:
        node = self._node
        if node.is_full or node.box is None or not node.box.may_show(self._world.clock(node)):
            return
        self._queue.read_on()
        if self._doubted:
            if self._commits(DOUBTED, self._doubted[0]):
                self._asks_about(self._doubted.popleft())
        elif not self.in_hand:
            self._claim()
        elif self._is_out:
            if self._commits(PRINTED, self.in_hand):
                self.in_hand = b""
        elif not self._is_sent and self._may_send():
            self._is_sent = True
            self._world.at(self._world.printer.random.uniform(*WRITE_MS), self._write)
            self._stands_still()

    def _claim(self) -> None:
        if self._queue.waiting and (at := self._commits(CLAIMED, self._queue.waiting[0])):
            self.in_hand, self._claimed_at = self._queue.waiting[0], at
            self._is_sent = self._is_out = False

    def _may_send(self) -> bool:
        """Whether the receipt's mark has been released."""
        return self._node.let_out >= self._claimed_at

    def _stands_still(self) -> None:
        printer = self._world.printer
        if printer.stills and printer.random.random() < printer.stills:
            self._node.frozen_until = self._world.now + printer.random.uniform(*STILL_MS)

    def _asks_about(self, paper: bytes) -> None:
        """Let a person look for a receipt; if it isn't there, they request it again."""

        def look() -> None:
            if self._world.is_printing and not self._world.printer.has(paper):
                self._world.ask(b" ".join((AGAIN, paper)), self._node.name)

        if self._world.printer.stills:
            self._world.at(self._world.printer.random.uniform(*LOOK_MS), look)

    def _commits(self, what: bytes, paper: bytes) -> int:
        """Commit a receipt's state; returns its position, or 0 if this box no longer leads."""
        node = self._node
        assert node.box is not None
        body = b" ".join((what, paper))
        try:
            self._world.do(node, node.box.commit(body, self._world.clock(node)))
        except NotLeading:
            return 0
        return node.disk.position_of(body) if node.spooler is self else 0

    def _write(self) -> None:
        """Send the bytes if this process still runs and leads. A paused process sends them after the pause."""
        node, printer = self._node, self._world.printer
        if node.frozen_until > self._world.now:
            self._world.at(node.frozen_until - self._world.now, self._write)
        elif node.spooler is self and self._still_leads():
            paper = self.in_hand
            self._world.at(printer.random.uniform(*PAPER_MS), lambda: self._comes_out(paper))
        else:
            self._is_sent = False

    def _still_leads(self) -> bool:
        box = self._node.box
        return box is not None and box.may_show(self._world.clock(self._node))

    def _comes_out(self, paper: bytes) -> None:
        self._world.printer.prints(paper)
        self._is_out = True


def look_at_papers(world: World) -> None:
    """Check in calm that printed receipts are on paper, waiting ones aren't, and a person is asked about all others."""
    in_hand = {node.spooler.in_hand for node in world.nodes.values() if node.spooler is not None}
    for name, node in world.nodes.items():
        queue, printer = PrintQueue(node.disk), world.printer
        for paper, stands in queue.stands.items():
            if stands == PRINTED and not printer.has(paper):
                raise Broken(f"the receipt of {paper!r} is printed by {name}'s ledger, and is not on paper")
            if stands == CLAIMED and in_hand and paper not in in_hand:
                raise Broken(f"nobody prints the receipt of {paper!r} and nobody is asked about it, by {name}'s ledger")
        for paper in queue.waiting:
            if paper not in queue.stands and printer.has(paper):
                raise Broken(f"the receipt of {paper!r} is on paper, and waits by {name}'s ledger")
