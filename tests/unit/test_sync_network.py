"""Both machines over a network that loses, repeats and reorders, with restores in between.

Whatever happened: once messages get through again, the hub holds what the edge holds; and never
has the edge been told of a row that the hub had not committed.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync import block, wire
from sync.hub.asking import Asking, ask
from sync.hub.hello import greet
from sync.hub.machine import Outcome, refused_by_device
from sync.hub.opening import open_rows
from sync.hub.rows import look, take
from sync.uplink import NextTick, ReadRows, SavePosition, Send, State, Uplink, Who
from sync.wire import Down, Hello, Rows, Stopped, Up
from tests.wires import KEY, History, MemoryStore, records

CREDIT = 25
BLOCK = 4


class Network(RuleBasedStateMachine):
    """`up` and `down` are on their way; rules pick any of them."""

    @initialize(rows=st.integers(0, 30))
    def begin(self, rows: int) -> None:
        self.now = 0.0
        self.history = History()
        self.history.append(rows)
        self.store = MemoryStore()
        self.asking = Asking()
        self.up: list[Up] = []
        self.down: list[Down] = []
        self.read: list[ReadRows] = []
        self.saved: dict[int, int] = {}
        self.state: State | None = None
        self.next_tick: float | None = None
        self.epochs = 1
        self.edge = self._an_edge()

    def _an_edge(self) -> Uplink:
        who = Who(*msgspec.structs.astuple(KEY))
        return Uplink(who, self.history.head, self.history.epochs, random=lambda: 0.5)

    # ---- what may happen

    @rule()
    def connect(self) -> None:
        self._do(self.edge.connected(self.now))

    @rule()
    def disconnect(self) -> None:
        self._do(self.edge.disconnected("gone", ""))

    @rule(count=st.integers(1, 20))
    def sell(self, count: int) -> None:
        self.history.append(count)
        self._do(self.edge.head(self.history.head, self.history.epochs, self.now))

    @rule()
    def restart_the_edge(self) -> None:
        self.read.clear()
        self.edge = self._an_edge()
        self.next_tick = None
        self.connect()

    @rule(share=st.floats(0, 1))
    def restore_a_backup(self, share: float) -> None:
        self.epochs += 1
        self.history.restore(max(1, int(share * self.history.head.seq)), self.epochs)
        self.restart_the_edge()

    @rule(data=st.data(), keep=st.booleans())
    def deliver_up(self, data: Any, keep: bool) -> None:
        if self.up:
            at = data.draw(st.integers(0, len(self.up) - 1))
            self._hub(self.up[at] if keep else self.up.pop(at))

    @rule(data=st.data(), keep=st.booleans())
    def deliver_down(self, data: Any, keep: bool) -> None:
        if self.down:
            at = data.draw(st.integers(0, len(self.down) - 1))
            self._do(self.edge.received(self.down[at] if keep else self.down.pop(at), self.now))

    @rule(data=st.data())
    def lose(self, data: Any) -> None:
        for way in (self.up, self.down):
            if way:
                way.pop(data.draw(st.integers(0, len(way) - 1)))

    @rule()
    def finish_a_read(self) -> None:
        if self.read:
            asked = self.read.pop(0)
            rows = self.history.rows[asked.from_seq - 1 : asked.from_seq - 1 + min(BLOCK, asked.max_rows)]
            self._do(self.edge.rows_read(asked.from_seq, block.pack(asked.epoch, rows), self.now))

    @rule(seconds=st.floats(0.1, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._do(self.edge.tick(self.now))
        if self.asking.next_at is not None and self.now >= self.asking.next_at:
            self._answer(self.store.run(KEY, look(self.store.device(KEY))))

    # ---- the two ends

    def _do(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case Send(message):
                    self.up.append(message)
                case ReadRows():
                    self.read.append(output)
                case SavePosition(epoch, through):
                    self.saved[epoch] = through
                    device = self.store.device(KEY)
                    assert device.epoch > epoch or through <= device.through, "acknowledged, not committed"
                case NextTick(at):
                    self.next_tick = at
                case State():
                    self.state = output

    def _hub(self, message: Up) -> None:
        device = self.store.device(KEY)
        match message:
            case Hello():
                origin = self.history.epochs[0].parent_hash
                self._answer(self.store.run(KEY, greet(device, KEY, origin, message, CREDIT)))
            case Rows():
                self._answer(self.store.run(KEY, take(device, [open_rows(message)], CREDIT)))
            case Stopped():
                self.store.devices[KEY] = refused_by_device(device, message).device

    def _answer(self, outcome: Outcome) -> None:
        self.down += outcome.replies
        self.asking, want = ask(self.asking, outcome.device.epoch, outcome.gap, self.now)
        if want is not None:
            self.down.append(want)

    # ---- what must hold

    @invariant()
    def the_prefix_is_the_edges_history(self) -> None:
        if hasattr(self, "store"):
            device = self.store.device(KEY)
            if device.epochs == self.history.epochs:
                assert self.store.prefix(KEY) == records(self.history.rows[: device.through])
            hashes = [row.hash for row in self.store.prefix(KEY)]
            assert device.through_hash == (hashes[-1] if hashes else wire.origin(*msgspec.structs.astuple(KEY)))
            assert len(self.read) <= 1

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        for _ in range(200):
            while self.up or self.down or self.read:
                for message in [self.up.pop(0)] if self.up else []:
                    self._hub(message)
                for answer in [self.down.pop(0)] if self.down else []:
                    self._do(self.edge.received(answer, self.now))
                self.finish_a_read()
            if self.state and self.state.phase == "flowing" and self.state.lag == 0:
                break
            if self.state is None or self.state.phase == "offline":
                self.connect()
            else:
                self.wait(max(0.1, (self.next_tick or self.now) - self.now))
        assert self.state and (self.state.phase, self.state.lag) == ("flowing", 0), self.state
        assert self.store.prefix(KEY) == records(self.history.rows)
        assert self.store.device(KEY).epochs == self.history.epochs


Network.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestNetwork = Network.TestCase
