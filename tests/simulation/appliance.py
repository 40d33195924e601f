"""The simulated appliance: ledger, command bus, sync, jobs and printers, assembled as in `edge.app.appliance`. It can
crash.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from edge.backoffice.directives.service.sync_part import SyncPart
from edge.core.bus import Bus
from edge.core.ids import CommandId
from edge.core.jobs.runner import JobRunner
from edge.core.journal.epochs import begin_restored_epoch
from edge.core.journal.projections import Follower, FollowersTogether, mark_all_stale
from edge.core.messages import Actor, Command, Outcome
from edge.core.process.parts import Part, Supervisor
from edge.core.storage.database import Connection, DatabaseError, open_writer
from edge.counter.till.pages.register_state import RegisterStates
from edge.foundation.access.rights import ALL
from edge.foundation.printing.service.parts import assignment
from edge.lib.errors import EdgeError
from edge.operations.ledger import Ledger
from edge.operations.maintenance.restoring import prior_state
from edge.runtime.config import Config
from tests.simulation.clock import SimClock
from tests.simulation.disk import Disk
from tests.simulation.door import SimShop
from tests.simulation.printer import NamingPart, SimPrinter
from tests.simulation.process import Crashed, Process
from tests.simulation.trace import Trace
from tests.simulation.truth import Broken

RESTART_S = 1.0


class Appliance:
    """A box with its disk. `keep_running` plays systemd: it restarts the process after a crash."""

    def __init__(
        self,
        config: Callable[[Path], Config],
        disk: Disk,
        clock: SimClock,
        printers: dict[str, SimPrinter],
        trace: Trace,
        chance: Random,
    ) -> None:
        self.disk = disk
        self._config = config
        self.clock = clock
        self.syncing: SyncPart | None = None
        self.process: Process | None = None
        self.reader: Connection | None = None
        self._counters: RegisterStates | None = None
        self.starts = 0
        self.died = asyncio.Event()
        self._printers = printers
        self._trace = trace
        self._chance = chance
        self._ledger: Ledger | None = None
        self._shop: SimShop | None = None
        self.graves: list[Process] = []
        self.fault: BaseException | None = None
        self.may_run = True
        self._noted = prior_state.PriorState()
        self._stop = asyncio.Event()
        self.dies_starting: tuple[str, int] | None = None
        self.on_death: Callable[[], None] = lambda: None

    @property
    def epoch(self) -> int:
        return self._shop.head.epoch if self._shop else 0

    @property
    def why_read_only(self) -> str | None:
        return self._shop.why_read_only if self._shop else "not running"

    @property
    def shown(self) -> RegisterStates | None:
        """What pages show; None while an answer is still being passed on to them."""
        return self._counters if self._shop and self._shop.settled else None

    async def keep_running(self) -> None:
        """Start the appliance, and restart it whenever it dies. With disk trouble this may take several attempts."""
        while True:
            self.died.clear()
            if self.may_run:
                self._start()
                await self.died.wait()
            await asyncio.sleep(RESTART_S * (0.2 + self._chance.random()))

    async def ask(self, command: Command, actor: Actor, id: CommandId, within_s: float) -> Outcome | None:
        """Execute a command as an HTTP client would; None without an answer."""
        if self._shop is None or self.process is None:
            return None
        asked = asyncio.ensure_future(self._shop.do(command, actor, id))
        await asyncio.wait([asked, self.process.ended], timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            asked.cancel()
            return None
        error = asked.exception()
        if error is not None:
            raise Broken("no fault of ours", f"{command} was answered by {error!r}")
        return asked.result()

    def crash(self, why: str) -> None:
        if self.process is not None and self.process.alive:
            self.process.kill(why)

    def stop(self) -> None:
        """Stop in an orderly way, as systemd does before an upgrade."""
        if self._shop is not None:
            self._stop.set()

    def restore(self, backup: Path, newest: int, passes: int) -> bool:
        """Restore a backup as the product does: build it in a separate folder with a new epoch, then swap the folders.

        With `passes` above 0, it dies at the `passes`-th point. Returns False if it failed; the old folder is then
        still in use.
        """
        beside = self.disk.root / "beside" / "data"
        shutil.rmtree(beside.parent, ignore_errors=True)
        beside.mkdir(parents=True)
        (beside / "ledger.db").write_bytes(backup.read_bytes())
        if not self._go_on(beside, newest, passes):
            return False
        self.disk.replace(beside)
        return True

    def go_on(self, newest: int) -> None:
        """Continue with the same ledger in an epoch above `newest`."""
        self._go_on(self.disk.folder, newest, 0)

    def go_on_with_what_is_good(self, newest: int) -> None:
        """Continue with the undamaged rows of a ledger that a start refused, like `edge restore --as-is`."""
        db = open_writer(self.disk.ledger)  # SQLite forgets everything after the damage
        mark_all_stale(db)
        db.close()
        self.go_on(newest)

    def _go_on(self, folder: Path, newest: int, passes: int) -> bool:
        process = Process("restore", self._trace, lambda _: None)
        if passes:
            process.arm("", passes)
        try:
            with process.running():
                ledger = Ledger(self._config(folder.parent), self.clock)
                now_us, registers = self.clock.read().at_us, self._config(folder.parent).registers
                known = (
                    prior_state.of(ledger.db)
                    .with_other(self._noted)
                    .with_other(prior_state.PriorState(newest, asked=newest > 0))
                )
                head = begin_restored_epoch(ledger.writer, now_us, self._chance.getrandbits(32), newest)
                prior_state.skip_numbers(ledger.writer, ledger.registry, registers, known, now_us, "restored")
                noted = prior_state.of(ledger.db)
                ledger.close()
        except (Crashed, DatabaseError, EdgeError) as error:
            if isinstance(error, EdgeError) and not self.disk.faulty:
                raise
            self.disk.close()
            return False
        self.disk.close()
        self._noted = noted
        self._trace.add("restore", f"epoch {head.epoch} from row {head.seq}")
        return True

    # ---- the process

    def _start(self) -> None:
        self.starts += 1
        self.process = Process("edge", self._trace, self._dead)
        self.graves.append(self.process)
        if self.dies_starting:
            self.process.arm(*self.dies_starting)
            self.dies_starting = None
        self.process.start(self._run(self.process, self._config(self.disk.folder.parent)))

    async def _run(self, process: Process, config: Config) -> None:
        try:
            await self._serve(process, config)
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends the process
            if process.alive:
                trouble = isinstance(error, DatabaseError | EdgeError) and self.disk.faulty
                self.fault = None if trouble else error
                process.kill(f"cannot go on: {error}")

    async def _serve(self, process: Process, config: Config) -> None:
        assert config.sync is not None
        ledger = self._ledger = Ledger(config, self.clock)
        bus = Bus()
        shop = SimShop(ledger.path, ledger.registry, self.clock, ledger.writer, bus, process, self._chance)
        self.reader = self.disk.keep(shop.reader)
        counters = self._counters = RegisterStates(config.registers, shop.reader, shop.registry)

        def heard(command: Command, actor: Actor, outcome: Outcome) -> None:
            counters.take(command, actor, outcome)

        shop.listen(heard)
        shop.on_uncertain_commit(counters.read_again)
        shop.start()
        supervisor = Supervisor(bus)
        syncing = self.syncing = SyncPart(config.sync, shop, config.header, ledger.path)
        supervisor.start(Part("sync", syncing.run))
        supervisor.start(Part("jobs", JobRunner(shop, bus, ALL).run))
        for device in config.devices:
            place = assignment(device, config, supervisor)
            printer = self._printers[device.name]
            part = NamingPart(shop, printer, place, device.paper, device.printing, self.clock)
            supervisor.start(Part(device.name, part.run))
        together = FollowersTogether()
        for projector in shop.registry.projectors:
            if not projector.strict:
                supervisor.start(Part(projector.name, Follower(shop, projector, together).run))
        self._shop = shop
        self._trace.add("edge", f"is open at #{shop.head.seq} of epoch {shop.head.epoch}")
        self._stop = asyncio.Event()
        await supervisor.until(self._stop, shop.wait_for_fault())
        await supervisor.stop()
        await shop.finish()
        ledger.close()
        process.kill("in good order")

    def _dead(self, _point: str) -> None:
        self._shop = self.reader = self.syncing = None
        self.disk.abandon()
        if self._ledger is not None:
            self._ledger._lock.release()
            self._ledger = None
        self.on_death()
        self.died.set()
