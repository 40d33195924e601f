"""The simulated hub database decides like the real one: the same messages give the same outcomes."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from msgspec.structs import astuple

from sync import row_packing
from sync.hub.model import Block, Key
from sync.hub.row_verifier import open_rows
from sync.hub.store import Store, open_store
from sync.wire import COLUMNS, PROTOCOL, Directive, Hello, Pull, Row, Stopped
from tests.simulation import store as played
from tests.simulation.process import Process
from tests.simulation.trace import Trace
from tests.sync_doubles import KEY, History
from tests.sync_fixture import query

STEPS = 60
HISTORY = f"SELECT {', '.join(COLUMNS)} FROM history ORDER BY epoch, seq"
CREDIT = 100


class Script:
    """A device's life, identical for every store."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._history = History(seed=seed)
        self._stranger = History(seed=seed + 1000)
        self._stranger.append(60)
        self._epoch = 1

    async def step(self, store: Store, deed: int, seed: int) -> object:
        """Send a message drawn from `seed`; returns its outcome."""
        chance = Random(seed)
        match deed:
            case 0:
                return await store.hello(KEY, self._hello(), CREDIT)
            case 1:
                return await store.look(KEY)
            case 2:
                return await store.stop(KEY, Stopped(self._history.head.epoch, "rolled_back", "It was set back."))
            case 3:
                return await store.rows(KEY, [self._block(self._stranger, chance)], CREDIT)
            case 4:
                return await store.directives(KEY, Pull(chance.randrange(4), chance.randrange(self._epoch + 1)))
        return await store.rows(KEY, [self._block(self._history, chance) for _ in range(2)], CREDIT)

    def live(self) -> None:
        """Change the device between messages: it sells, or is restored from a backup."""
        if self._chance.random() < 0.1:
            self._epoch += self._chance.randint(1, 1000)
            self._history.restore(self._chance.randint(1, len(self._history.rows)), self._epoch)
        self._history.append(self._chance.randint(0, 6))

    def _hello(self) -> Hello:
        head = self._history.head
        return Hello(PROTOCOL, *astuple(KEY), head.epoch, head.seq, head.hash, self._history.epochs, number=1)

    def _block(self, history: History, chance: Random) -> Block:
        first = chance.randrange(len(history.rows))
        rows = history.rows[first : first + chance.randint(1, 12)]
        return open_rows(row_packing.pack(history.head.epoch, rows))


@pytest.mark.parametrize("seed", range(4))
def test_both_stores_decide_alike(seed: int, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(played, "ANSWER_S", 1e-6)

    async def scenario() -> None:
        chance, script, trace = Random(seed), Script(seed), Trace()
        memory = played.Database(trace, Random(seed))
        process = Process("worker", trace, lambda _: None)
        async with open_store(database) as real:
            copy = played.SimStore(memory, process)
            for kind in ("prices", "weather", "prices"):
                version = await real.publish(KEY.tenant, KEY.store, kind, b"{}")
                memory.directives.append(Directive(version, kind, b"{}"))
            for _ in range(STEPS):
                deed, number = chance.choice([0, 0, 0, 1, 2, 3, 4, *[5] * 10]), chance.getrandbits(32)
                assert await script.step(copy, deed, number) == await script.step(real, deed, number)
                script.live()
        assert list(memory.history(Key(*astuple(KEY)))) == [Row(*row) for row in await query(database, HISTORY)]

    asyncio.run(scenario())
