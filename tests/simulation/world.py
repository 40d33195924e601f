"""One run: a shop and its hub in a storm of troubles, then calm. Finally, everything must match the answers given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from typing import Any

import pysqlite3

from edge.app.hub import projectors
from edge.backoffice.directives.queries import last_received
from edge.core.ids import CommandId
from edge.core.messages import Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, Promotion, SeveralFor
from edge.runtime.config import Config
from sync import wire
from sync.hub.model import Key
from sync.hub.worker import Worker
from sync.mqtt import BrokerConfig
from sync.wire import Directive, Hint
from tests import shop_fixture
from tests.simulation import invariants, plan, shop
from tests.simulation.appliance import Appliance
from tests.simulation.clock import SimClock
from tests.simulation.disk import Disk
from tests.simulation.hub_double import PROJECTORS, Office, Pool
from tests.simulation.network import Broker, Weather
from tests.simulation.printer import Paper, SimPrinter
from tests.simulation.process import Process
from tests.simulation.store import Database, SimStore
from tests.simulation.tills import Till
from tests.simulation.trace import Trace
from tests.simulation.troubles import Troubles
from tests.simulation.truth import Broken, Truth, epochs_of

CALM_S = 7_200.0
"""Virtual seconds of calm within which all work must end. A stopped device waits for up to 15 minutes."""
LOOK_S = 1.0
ANSWER_S = 20.0
MILKS = SetPromotion(Promotion("milks", {"en": "2 milks for 1.99"}, SeveralFor(2, 199), Goods(("milk",))))
"""A promotion that sums, refunds and receipts of the tills include."""


class World:
    """The world of a run. Each part has its own random generator, so that a change to one doesn't affect the others."""

    def __init__(self, seed: int, root: Path, trace: Trace, only: tuple[str, ...]) -> None:
        self.seed = seed
        self.trace = trace
        self.plan = plan.make(self.chance("plan"), Troubles.names(), only)
        self.faults: list[str] = []
        self.restless = ""
        self.truth = Truth()
        self.weather = Weather()
        self.broker = Broker(self.weather, trace, self.chance("network"))
        self.clock = SimClock(trace.now)
        self.disk = Disk(root, self.chance("disk"))
        self.database = Database(trace, self.chance("database"))
        self.workers: list[Process] = []
        self.graves: list[Process] = []
        self.paper = Paper()
        self.printers = {
            name: SimPrinter(name, self.paper, trace, self.chance(name), self.plan.answering[number])
            for number, name in enumerate(shop.printers(self.plan))
        }
        self.appliance = Appliance(self.config, self.disk, self.clock, self.printers, trace, self.chance("appliance"))
        self.appliance.on_death = self._appliance_died
        self.tills = [
            Till(register, self.appliance, self.paper, self.truth, trace, self.chance(f"till {register}"))
            for register in map(str, range(1, self.plan.tills + 1))
        ]
        header = self.config(root).header
        self.key = Key(header.tenant, header.store, header.device)
        self.office = Office(self.database)
        self.projectors = [made for made in projectors() if made.name in PROJECTORS]
        self.troubles = Troubles(self, self.chance("troubles"))
        self.links = self.chance("links")
        self._prices = self.chance("prices")

    def config(self, folder: Path) -> Config:
        return shop.config(self.plan, folder)

    def chance(self, name: str) -> Random:
        return Random(f"{self.seed} {name}")

    async def run(self) -> None:
        """Run the storm and the calm, and check everything. Raises `Broken`."""
        async with asyncio.TaskGroup() as tasks:
            if "die_starting" in self.plan.troubles:
                self.troubles.strike("die_starting")
            running = tasks.create_task(self.appliance.keep_running())
            for _ in range(self.plan.workers):
                self.start_worker()
            await self._within(CALM_S, self._stock(), "everybody at the tills is answered")
            selling = [tasks.create_task(till.run()) for till in self.tills]
            await self._storm()
            self.trace.add("world", "calm")
            self.troubles.heal()
            for till in self.tills:
                till.closing = True
            await self._within(CALM_S, self._all(selling), "everybody at the tills is answered")
            await self._within(CALM_S, self._rest(), "everything comes to rest")
            running.cancel()
        self._look()
        invariants.check(self)

    # ---- what is in it

    def start_worker(self) -> None:
        """Start another hub worker. It has no state of its own that its death could lose."""
        process = Process("worker", self.trace, lambda _: self._worker_died(process))
        self.workers.append(process)
        self.graves.append(process)
        with process.running():
            store = SimStore(self.database, process, Pool(self.office, process))
            process.start(Worker(store, BrokerConfig(), self.projectors).run())

    def publish(self) -> None:
        """Publish a directive of head office, and its hint."""
        version = len(self.database.directives) + 1
        skus = ("milk", "beer", "nothing") * self._prices.choice([1, 40])
        prices = [{"sku": sku, "price_minor": self._prices.randrange(50, 500)} for sku in skus]
        kind = self._prices.choice(["prices", "prices", "weather"])
        self.database.directives.append(Directive(version, kind, json.dumps({"prices": prices}).encode()))
        self.broker.spread(f"edge/{self.key}/down", wire.encode(Hint(version)))

    def bury(self) -> None:
        """Release everything after the run."""
        self.appliance.on_death = lambda: None
        self.appliance.crash("with the world")
        for process in [*self.graves, *self.appliance.graves]:
            process.bury()

    def _worker_died(self, process: Process) -> None:
        self.workers.remove(process)
        self.broker.bury(process)
        if not self.workers:
            asyncio.get_running_loop().call_later(3 * self.links.random(), self.start_worker)

    def _appliance_died(self) -> None:
        assert self.appliance.process is not None
        self.broker.bury(self.appliance.process)

    def _person_acts(self) -> None:
        """Act as the manager. If sync stopped, because a restore with a wrong clock chose too low an epoch, they
        confirm that this box is the right one.
        """
        device = self.database.device(self.key)
        if device.epoch > self.appliance.epoch and self.appliance.may_run:
            self.trace.add("manager", f"goes on above epoch {device.epoch}")
            self.appliance.may_run = False
            self.appliance.crash("to go on in another epoch")
            self.appliance.go_on(device.epoch)
            self.set_back()
            self.appliance.may_run = True

    def set_back(self) -> None:
        """Record that the shop continues from the data now on the disk. Answers missing from it are abandoned."""
        db = pysqlite3.connect(self.disk.ledger)
        epochs = epochs_of(db)
        db.close()
        self.truth.set_back(epochs, epochs[-1].first_seq)

    # ---- how it goes

    async def _stock(self) -> None:
        id = CommandId(self.chance("stock").randbytes(16))
        stock = SetProducts(shop_fixture.PRODUCTS)
        while not isinstance(await self.appliance.ask(stock, shop_fixture.SYSTEM, id, ANSWER_S), Done):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        id = CommandId(self.chance("promotion").randbytes(16))
        while not isinstance(await self.appliance.ask(MILKS, shop_fixture.SYSTEM, id, ANSWER_S), Done):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)

    async def _storm(self) -> None:
        chance = self.chance("storm")
        end = self.trace.now() + self.plan.storm_s
        while self.trace.now() < end:
            await asyncio.sleep(chance.expovariate(1 / self.plan.every_s))
            self.troubles.strike(chance.choice(self.plan.troubles))
            self._look()

    async def _rest(self) -> None:
        """Wait until the hub has everything, all directives are done, and no print is waiting or in doubt."""
        while why := await self._unrest():
            self.restless = why
            self._look()
            await asyncio.sleep(LOOK_S)

    async def _unrest(self) -> str:
        """Return which work is unfinished; "": none."""
        if not all([await till.settle() for till in self.tills]):
            return "paper is in doubt"
        syncing, reader = self.appliance.syncing, self.appliance.reader
        if syncing is None or reader is None or self.appliance.why_read_only:
            return f"the appliance is not open: {self.appliance.why_read_only}"
        if syncing.state == "stopped":
            self._person_acts()
        if (syncing.state, syncing.through) != ("flowing", syncing.head):
            return f"sync is {syncing.state}, {syncing.through} of {syncing.head}: {syncing.advice}"
        if (taken := last_received(reader)) != len(self.database.directives):
            return f"directive {taken} of {len(self.database.directives)} is the last that was taken"
        for table, waits in (("print_job", "'queued', 'sending'"), ("job", "'queued', 'running'")):
            if row := reader.execute(f"SELECT id, kind, state FROM {table} WHERE state IN ({waits})").fetchone():
                return f"{table} {row}"
        if any(self.database.is_behind(self.key, made.name, made.version) for made in self.projectors):
            return "head office's tables are behind"
        behind = reader.execute("SELECT name, seq FROM projection WHERE seq NOT IN (0, ?)", (syncing.head,)).fetchone()
        if behind:
            return f"a following table is at {behind} of {syncing.head}"
        return ""

    async def _all(self, tasks: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*tasks)

    async def _within(self, seconds: float, work: Coroutine[Any, Any, None], what: str) -> None:
        try:
            async with asyncio.timeout(seconds):
                await work
        except TimeoutError:
            raise Broken(what, f"not within {seconds:.0f} s of calm: {self.restless}") from None

    def _look(self) -> None:
        """Check the invariants that must hold at every moment."""
        if self.appliance.fault is not None:
            raise Broken("no fault of ours", repr(self.appliance.fault))
        if self.faults:
            raise Broken("no fault of ours", self.faults[0])
        invariants.look(self)
