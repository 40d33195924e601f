"""Both machines over a network that loses, repeats and reorders, with restarts and restores in between.

Whatever happened: once messages get through again, the hub holds what the edge holds; and never
has the edge been told of a row that the hub had not committed. A failure names its seed.
"""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import row_packing, wire
from sync.hub.gap_requests import Asking, ask
from sync.hub.handshake import answer_hello
from sync.hub.model import Outcome, refused_by_device
from sync.hub.row_verifier import open_rows
from sync.hub.rows import look, take
from sync.link_errors import LinkError
from sync.uplink import DeviceIdentity, NextTick, ReadRows, SavePosition, Send, State, Uplink
from sync.wire import Down, Epoch, Hello, Row, Rows, Stopped, Up
from tests.sync_doubles import KEY, History, MemoryStore, records

CREDIT = 25
BLOCK = 4
STEPS = 400
ORIGIN = wire.origin(*msgspec.structs.astuple(KEY))


class Weather(msgspec.Struct, frozen=True):
    """How often a message is lost, comes again, or is overtaken; how often the edge falls over."""

    loss: float
    repeat: float
    overtake: float
    trouble: float


CALM = Weather(0, 0, 0, 0)
WEATHER = st.builds(Weather, *(st.floats(0, most) for most in (0.3, 0.3, 0.5, 0.03)))


class Network:
    """Two machines; `up` and `down` are on their way."""

    def __init__(self, seed: int, weather: Weather) -> None:
        self.chance = Random(seed)
        self.weather = weather
        self.now = 0.0
        self.history = History(seed=seed)
        self.store = MemoryStore()
        self.asking = Asking()
        self.up: list[Up] = []
        self.down: list[Down] = []
        self.read: list[ReadRows] = []
        self.epochs = 1
        self.backups: list[tuple[list[Row], tuple[Epoch, ...]]] = []
        self.restart()

    # ---- what happens

    def step(self) -> None:
        """One thing, at random."""
        if self.chance.random() < self.weather.trouble:
            self.chance.choice([self.disconnect, self.restart, self.restore])()
        elif self.state.phase == "offline":
            self.do(self.edge.on_connected(self.now))
        else:
            deeds = [self.sell, self.wait, *[self.deliver_up, self.deliver_down, self.finish_a_read] * 5]
            self.chance.choice(deeds)()
        assert len(self.read) <= 1

    def disconnect(self) -> None:
        self.do(self.edge.on_disconnected(LinkError("stuck")))

    def restart(self) -> None:
        self.read.clear()
        who = DeviceIdentity(*msgspec.structs.astuple(KEY))  # type: ignore[call-arg]
        self.next_tick: float | None = None
        self.edge = Uplink(who, self.history.head, self.history.epochs, random=self.chance.random)
        self.do(self.edge.on_connected(self.now))

    def restore(self) -> None:
        """From a backup of any time, also of a history that was left since."""
        self.backups.append((list(self.history.rows), self.history.epochs))
        rows, epochs = self.chance.choice(self.backups)
        self.epochs += 1
        self.history.rows, self.history.epochs = list(rows), epochs
        self.history.restore(self.chance.randint(1, len(rows)), self.epochs)
        self.restart()

    def sell(self) -> None:
        self.history.append(self.chance.randint(1, 20), body=b"{}")
        self.do(self.edge.head(self.history.head, self.history.epochs, self.now))

    def wait(self) -> None:
        self.pass_time(self.chance.choice([0.1, 1.0, 10.0]))

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.do(self.edge.tick(self.now))
        if self.asking.next_at is not None and self.now >= self.asking.next_at:
            self.answer(self.store.run(KEY, look(self.store.device(KEY))))

    def deliver_up(self) -> None:
        for message in self.pick(self.up):
            self.hub(message)

    def deliver_down(self) -> None:
        for message in self.pick(self.down):
            self.do(self.edge.on_message(message, self.now))

    def pick(self, way: list[Any]) -> list[Any]:
        """The next message, or another; it may stay to come again, or be lost."""
        if not way:
            return []
        weather, dice = self.weather, self.chance.random
        at = self.chance.randrange(len(way)) if dice() < weather.overtake else 0
        message = way[at] if dice() < weather.repeat else way.pop(at)
        return [] if dice() < weather.loss else [message]

    def finish_a_read(self) -> None:
        if self.read:
            asked = self.read.pop()
            first = asked.from_seq - 1
            rows = self.history.rows[first : first + min(BLOCK, asked.max_rows)]
            self.do(self.edge.rows_read(asked.from_seq, row_packing.pack(asked.epoch, rows), self.now))

    # ---- the two ends

    def do(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case Send(message):
                    self.up.append(message)
                case ReadRows():
                    self.read.append(output)
                case SavePosition(epoch, through):
                    device = self.store.device(KEY)
                    assert device.epoch > epoch or through <= device.through, "acknowledged, not committed"
                case NextTick(at):
                    self.next_tick = at
                case State():
                    self.state = output
                    assert output.phase != "stopped", output.why

    def hub(self, message: Up) -> None:
        device = self.store.device(KEY)
        match message:
            case Hello():
                self.answer(self.store.run(KEY, answer_hello(device, KEY, ORIGIN, message, CREDIT)))
            case Rows():
                self.answer(self.store.run(KEY, take(device, [open_rows(message)], CREDIT)))
            case Stopped():
                self.store.devices[KEY] = refused_by_device(device, message).device

    def answer(self, outcome: Outcome) -> None:
        self.down += outcome.replies
        self.asking, want = ask(self.asking, outcome.device.epoch, outcome.gap, self.now)
        self.down += [want] if want else []

    # ---- what must hold

    def check(self) -> None:
        """The prefix is a chain from the origin on, and the edge's own as long as its history is."""
        device = self.store.device(KEY)
        assert device.stopped is None
        prefix = self.store.prefix(KEY)
        assert [record.prev for record in prefix] == [ORIGIN, *(record.hash for record in prefix)][:-1]
        assert device.through_hash == (prefix[-1].hash if prefix else ORIGIN)
        if device.epochs == self.history.epochs:
            assert prefix == records(self.history.rows[: device.through])

    def heal(self) -> None:
        """Nothing is lost any more: soon all is there."""
        self.weather = CALM
        for _ in range(100):
            while self.up or self.down or self.read:
                self.deliver_up()
                self.deliver_down()
                self.finish_a_read()
            if self.state.phase == "flowing" and self.state.lag == 0:
                break
            if self.state.phase == "offline":
                self.do(self.edge.on_connected(self.now))
            else:
                self.pass_time(max(0.1, (self.next_tick or self.now) - self.now))
        assert (self.state.phase, self.state.lag) == ("flowing", 0), self.state
        assert self.store.device(KEY).epochs == self.history.epochs
        assert self.store.prefix(KEY) == records(self.history.rows)


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), weather=WEATHER)
def test_after_any_weather_the_hub_holds_what_the_edge_holds(seed: int, weather: Weather) -> None:
    network = Network(seed, weather)
    for number in range(STEPS):
        network.step()
        if number % 20 == 0:
            network.check()
    network.heal()
    network.check()
