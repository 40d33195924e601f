"""Receipts: the part of whoever leads that prints them, and the one printer in the network, which is neither box's."""

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
"""What a commit begins with that wants a receipt; of someone who looked for it and wants it once more; that says it is
about to be sent; that it came out; that someone is asked whether it did."""
WRITE_MS = (0, 5)
LOOK_MS = (500, 2_000)
"""Until someone looks who was asked."""
STILL_MS = (1_500, 4_000)
PAPER_MS = (5, 200)
"""From its bytes until it is on paper, and the printer has said so."""


class Printer:
    """What came out of it, and how often."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.stills = 0.0
        """How likely a box stands still between a receipt's mark and its first byte; above 0, who is asked looks."""
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
    """Where each receipt stands, by a ledger; whoever leads may read on in it."""

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
        """Of which it was never said what came of them."""
        return [paper for paper, stands in self.stands.items() if stands == CLAIMED]


class Spooler:
    """The printer's part of one leadership: one receipt after the other, each marked before its first byte goes out. Of
    those that another one had marked it can't know."""

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
        """What marks it is let out."""
        return self._node.let_out >= self._claimed_at

    def _stands_still(self) -> None:
        printer = self._world.printer
        if printer.stills and printer.random.random() < printer.stills:
            self._node.frozen_until = self._world.now + printer.random.uniform(*STILL_MS)

    def _asks_about(self, paper: bytes) -> None:
        """Someone looks for it, and has it printed once more where it is not there."""

        def look() -> None:
            if self._world.is_printing and not self._world.printer.has(paper):
                self._world.ask(b" ".join((AGAIN, paper)), self._node.name)

        if self._world.printer.stills:
            self._world.at(self._world.printer.random.uniform(*LOOK_MS), look)

    def _commits(self, what: bytes, paper: bytes) -> int:
        """Where it was written; 0: it was not, as this box leads no longer."""
        node = self._node
        assert node.box is not None
        body = b" ".join((what, paper))
        try:
            self._world.do(node, node.box.commit(body, self._world.clock(node)))
        except NotLeading:
            return 0
        return node.disk.position_of(body) if node.spooler is self else 0

    def _write(self) -> None:
        """Its bytes go out, where its process still runs and leads; one that stood still meanwhile waits."""
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
    """In calm: what is called printed is on paper, what waits is not, and of all others someone is asked."""
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
