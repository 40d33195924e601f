"""Two boxes, a witness, two tills and a printer on a network, driven by a seed. Each machine has its own clock."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from typing import Any

from tests.simulation.twin.ledger import Disk
from tests.simulation.twin.papers import Printer, Spooler
from tests.simulation.twin.truth import Broken, Truth
from tests.simulation.twin.uplink import Uplink
from twin.actions import Actions, Ended, Keep, Led, LetOut, Replace, Send, Write
from twin.box import Box, NotLeading
from twin.messages import Message
from twin.records import Heirs, Peers, Stored
from twin.voter import Voter

PEERS = Peers(voters=("a", "b", "w"), boxes=("a", "b"))
TICK_MS = 50
AGAIN_MS = 300
"""Milliseconds after which a till repeats a command at the other box."""
FIRST = Heirs(1, 1, ("a", "b"))


class MachineClock:
    """A machine's monotonic clock, which may be fast or slow (`rate`).

    `wall_ms`: the error of its wall clock, as set by people. Leases must not depend on it.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.wall_ms = 0.0

    def read(self, now_ms: float) -> int:
        return int(now_ms * self._rate)


class Node:
    """A machine: its disk, and its process while one is running."""

    def __init__(self, name: str, clock: MachineClock) -> None:
        self.name, self.clock = name, clock
        self.disk = Disk(Stored(1, "a", FIRST, FIRST, 1 if name == "a" else 0))
        self.process: Box | Voter | None = None
        self.runs = 0
        self.frozen_until = 0.0
        self.waiting: dict[bytes, int] = {}
        self.let_out = 0
        self.version = 1
        self.versions: dict[str, int] = {}
        """Software versions of the other machines, as this process heard them."""
        self.is_full = False
        self.spooler: Spooler | None = None

    @property
    def box(self) -> Box | None:
        return self.process if isinstance(self.process, Box) else None


class World:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = 0.0
        self.truth = Truth()
        self.printer = Printer(seed)
        self.is_printing = self.tells_ends = self.has_uplink = True
        self._endings = random.Random(seed)
        self.trace: list[str] = []
        self.nodes = {name: Node(name, MachineClock(self.random.uniform(0.99, 1.01))) for name in PEERS.voters}
        self.switched_off: set[str] = set()
        """Machines that a person reported as switched off; they can't be started."""
        self.uplink = Uplink(self, [])
        self.cut: set[tuple[str, str]] = set()
        self.loss = self.falls_until = 0.0
        self.slow_ms = (1, 5)
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        for name in PEERS.voters:
            self.start(name)

    # time

    def at(self, after_ms: float, do: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (self.now + after_ms, self._count, do))

    def run(self, until_ms: float) -> None:
        while self._queue and self._queue[0][0] <= until_ms:
            self.now, _, do = heapq.heappop(self._queue)
            do()
        self.now = until_ms

    def clock(self, node: Node) -> int:
        return node.clock.read(self.now)

    # machines

    def start(self, name: str) -> None:
        node = self.nodes[name]
        if node.process is not None or name in self.switched_off:
            return
        node.runs += 1
        if name in PEERS.boxes:
            node.process = Box(name, PEERS, node.disk.stored, node.disk, self.clock(node), self.random.randint)
            self.do(node, node.process.start(self.clock(node)))
        else:
            node.process = Voter(name, node.disk.stored, self.clock(node), self.random.randint(1, 2**62))
        self._tick(node, node.runs)

    def lose_power(self, name: str) -> None:
        """Switch a machine off. No kernel reports the end of its process, and unsynced data is lost."""
        says, self.tells_ends = self.tells_ends, False
        self.kill(name)
        self.tells_ends = says
        self.nodes[name].disk.lose_power()

    def kill(self, name: str) -> None:
        node = self.nodes[name]
        node.process, node.spooler, node.waiting, node.let_out, node.versions = None, None, {}, 0, {}
        self._says(f"{name} is killed")
        if self.tells_ends:
            for other in PEERS.boxes:
                self.at(self._endings.uniform(*self.slow_ms), lambda other=other: self._closes(name, other))

    def _closes(self, name: str, other: str) -> None:
        """Report the end of a process to the other box, as a kernel does if the cable works. This may be late."""
        node = self.nodes[other]
        if node.box is not None and (name, other) not in self.cut and node.frozen_until <= self.now:
            self.do(node, node.box.link_closed(name, self.clock(node)))

    def _tick(self, node: Node, run: int) -> None:
        if node.runs != run or node.process is None:
            return
        if node.frozen_until > self.now:
            self.at(node.frozen_until - self.now, lambda: self._tick(node, run))
            return
        if node.box is not None:
            self._sees_its_fitness(node, node.box)
            self.do(node, node.box.tick(self.clock(node)))
            if self.has_uplink:
                self.uplink.step(node)
            if self.is_printing and node.spooler is not None:
                node.spooler.step()
        self.at(TICK_MS, lambda: self._tick(node, run))

    def _sees_its_fitness(self, node: Node, box: Box) -> None:
        """Assess whether the box is fit, from the versions of its software, its ledger and the leader.

        A leader with a full disk hands over.
        """
        newest = max(node.disk.schema, node.versions.get(box.voter.holder, 0))
        box.follower.is_fit = node.version >= newest
        if node.is_full and box.leadership is not None and len(box.leadership.heirs.proposed_heirs.boxes) > 1:
            box.leadership.hand_over()

    def do(self, node: Node, actions: Actions) -> None:
        """Perform a machine's requested actions in order. It may be killed between two of them."""
        run = node.runs
        for action in actions:
            if node.runs != run or node.process is None:
                return
            if self.random.random() < self.crash:
                self.kill(node.name)
                self.at(self.random.uniform(20, 3_000), lambda: self.start(node.name))
                return
            if node.is_full and isinstance(action, Keep | Write | Replace):
                self.kill(node.name)  # it can't keep its promise, so it restarts
                self.at(AGAIN_MS, lambda: self.start(node.name))
                return
            self._do(node, action)

    crash = 0.0
    """Probability that a machine ends before an action."""

    def _do(self, node: Node, action: Any) -> None:
        match action:
            case Keep(stored=stored):
                node.disk.stored = stored
                kept = [one.disk.stored for one in self.nodes.values() if one.disk.stored is not None]
                self.truth.keeps(kept, PEERS.majority)
            case Write(shipments=shipments):
                node.disk.write(shipments)
                node.disk.sync(leads=node.box is not None and node.box.leadership is not None)
                if node.box is not None:
                    led = node.box.leadership is not None
                    wrote = node.version if led else node.versions.get(node.box.voter.stored.vote, 0)
                    node.disk.schema = max(node.disk.schema, wrote)
            case Replace(image=image):
                self._replace(node, image)
            case Send(to=to, message=message):
                self.send(node.name, to, message)
            case LetOut(position=position):
                self.truth.leaves(node.name, node.disk, position)
                node.let_out = position
                self._answer(node)
            case Led(term=term):
                node.let_out = 0
                node.spooler = node.spooler or Spooler(self, node)
                self._says(f"{node.name} leads in term {term}")
                self.truth.led(node.name, term, node.disk, node.version)
            case Ended():
                self._says(f"{node.name} is no longer active")
                node.spooler, node.waiting = None, {}

    def _replace(self, node: Node, image: Any) -> None:
        """Replace a box's ledger with another box's. Entries that only this box had must be set aside."""
        before = list(node.disk.shipments)
        node.disk.replace(image)
        kept = {one.mark for one in (*node.disk.shipments, *node.disk.aside)}
        if lost := [one.body for one in before if one.mark not in kept]:
            raise Broken(f"{node.name} threw away {lost}")

    # network

    def send(self, sender: str, to: str, message: Message) -> None:
        if self.random.random() < self.loss:
            return
        for _ in range(2 if self.random.random() < self.loss else 1):
            delay = self.random.uniform(*self.slow_ms)
            if self.random.random() < self.loss:
                delay += self.random.uniform(0, 1_500)
            self.at(delay, lambda: self._arrive(sender, to, message))

    def _arrive(self, sender: str, to: str, message: Message) -> None:
        node = self.nodes[to]
        if (sender, to) in self.cut or node.process is None:
            return
        if node.frozen_until > self.now:
            self.at(node.frozen_until - self.now, lambda: self._arrive(sender, to, message))
            return
        node.versions[sender] = self.nodes[sender].version
        if node.box is not None:
            self._sees_its_fitness(node, node.box)
        self.do(node, node.process.receive(sender, message, self.clock(node)))

    # tills

    def ask(self, command: bytes, to: str, tries: int = 0) -> None:
        """Send a till's command to a box, then alternately to both boxes until it is answered."""
        if command in self.truth.answered:
            return
        self.at(self.random.uniform(1, 4), lambda: self._asked(command, to))
        other = "b" if to == "a" else "a"
        self.at(AGAIN_MS, lambda: self.ask(command, other, tries + 1))

    def _asked(self, command: bytes, to: str) -> None:
        node = self.nodes[to]
        box = node.box
        if box is None or node.frozen_until > self.now or not box.may_show(self.clock(node)):
            return
        self.truth.shows(to, node.disk)
        done = node.disk.position_of(command)
        if not done and node.is_full:
            return  # the ledger is read-only
        if not done:
            try:
                self.do(node, box.commit(command, self.clock(node)))
            except NotLeading:
                return
            done = node.disk.position_of(command)
        if done and node.process is not None:
            node.waiting[command] = done
            self._answer(node)

    def _answer(self, node: Node) -> None:
        for command, position in list(node.waiting.items()):
            if position <= node.let_out:
                del node.waiting[command]
                self.truth.answers(command, position)

    def _says(self, what: str) -> None:
        self.trace.append(f"{self.now / 1000:8.3f} {what}")
