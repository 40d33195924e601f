"""Everything that can go wrong: each trouble is a method. `heal` ends lasting ones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from edge.core.journal.integrity import require_intact
from edge.lib.errors import NeedsHuman
from sync import wire
from tests.simulation.oldbox import OldBox
from tests.simulation.truth import Broken

if TYPE_CHECKING:
    from tests.simulation.world import World

BACKUPS = 4
DEATHS = ("during COMMIT", "before COMMIT", "after COMMIT", "before send", "after send", "before print", "after print")
"""Points that are rare compared to others. The frequent ones are reached by counting all points."""


class Troubles:
    """All troubles of a run. A new trouble is a new method."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance
        self._backups: list[Path] = []
        self._old_box: OldBox | None = None

    @staticmethod
    def names() -> tuple[str, ...]:
        hidden = ("names", "heal", "strike")
        return tuple(name for name in vars(Troubles) if not name.startswith("_") and name not in hidden)

    def strike(self, name: str) -> None:
        self._world.trace.add("trouble", name.replace("_", " "))
        getattr(self, name)()

    def heal(self) -> None:
        """End all troubles, and repair what they broke."""
        world = self._world
        world.weather.loss = world.weather.repeat = 0.0
        world.weather.delay_s = 0.02
        world.broker.up = True
        world.database.up = True
        world.disk.failing = 0.0
        world.disk.make_room()
        world.clock.correct()
        for printer in world.printers.values():
            printer.on = printer.has_paper = True
            printer.breaks, printer.delay_s = 0.0, 0.02
        world.appliance.may_run = True

    # ---- the appliance

    def kill_the_appliance(self) -> None:
        """Kill the appliance at any point at which it writes, commits, sends or prints something."""
        process = self._world.appliance.process
        if process is not None and process.alive:
            seen = [point.partition(" ")[2] for point in self._world.trace.points if point.startswith("edge ")]
            rare = self._chance.random() < 0.5
            name = self._chance.choice([*DEATHS, *seen]) if rare else ""
            process.arm(name, self._chance.randrange(1, 4 if rare else 60))

    def die_starting(self) -> None:
        """Restart the appliance, and let it die early in its start."""
        name = self._chance.choice(["", "", "during COMMIT", "during script"])
        self._world.appliance.dies_starting = name, self._chance.randrange(1, 4 if name else 60)
        self._world.appliance.crash("to start again")

    def restart_in_good_order(self) -> None:
        self._world.appliance.stop()

    def power_cut(self) -> None:
        """Cut the whole machine's power now. Its clock may have forgotten the date."""
        world = self._world
        world.disk.power_fails()
        world.appliance.crash("by a power cut")
        world.clock.boot()
        if self._chance.random() < 0.3:
            world.clock.forget()
            self._later(30, world.clock.correct)

    def power_cut_in_a_checkpoint(self) -> None:
        world = self._world
        if world.appliance.reader is not None:
            world.disk.tear(world.disk.ledger, world.disk.checkpoint)
            world.appliance.crash("during a checkpoint")
            world.clock.boot()

    def lost_sector(self) -> None:
        """Cut the power on a disk that loses synced data. The next start must notice it; the shop continues with the
        good rows.
        """
        world = self._world
        if not world.appliance.may_run or world.disk.faulty or not world.disk.loses_a_sector():
            return
        world.appliance.may_run = False
        world.appliance.crash("by a power cut")
        world.clock.boot()
        try:
            require_intact(world.disk.ledger)
        except NeedsHuman:
            newest = world.database.device(world.key).epoch if self._chance.random() < 0.5 else 0
            world.appliance.go_on_with_what_is_good(newest)
            world.set_back()
        else:
            raise Broken("a lost sector is noticed", "the shop would open")
        world.appliance.may_run = True

    def checkpoint(self) -> None:
        if self._world.appliance.reader is not None:
            self._world.disk.checkpoint()

    def full_disk(self) -> None:
        self._world.disk.fill(self._chance.choice([0, 0, 3, 20]))
        self._later(10, self._world.disk.make_room)

    def failing_disk(self) -> None:
        self._world.disk.failing = self._chance.choice([0.02, 0.2])
        self._later(5, self._disk_works)

    def wrong_clock(self) -> None:
        self._world.clock.jump(self._chance.choice([-86_400, -60, -3, 3, 600, 400_000, 200_000_000]))
        if self._chance.random() < 0.7:
            self._later(20, self._world.clock.correct)

    def make_a_backup(self) -> None:
        world = self._world
        if world.appliance.reader is not None and len(self._backups) < BACKUPS:
            target = world.disk.root / f"backup-{len(self._backups)}.db"
            world.disk.backup(target)
            self._backups.append(target)

    def restore_a_backup(self) -> None:
        """Replace the broken box with a backup on another box or disk. The hub may be asked for the newest epoch."""
        world = self._world
        if not self._backups or not world.appliance.may_run:
            return
        backup = self._chance.choice(self._backups)
        newest = world.database.device(world.key).epoch if self._chance.random() < 0.5 else 0
        world.appliance.may_run = False
        world.appliance.crash("for good")
        self._old_box = OldBox.of(world.disk.ledger)
        passes = self._chance.randrange(1, 9) if self._chance.random() < 0.3 else 0
        if world.appliance.restore(backup, newest, passes):
            world.set_back()
        world.appliance.may_run = True

    def the_old_box_speaks(self) -> None:
        """Switch the replaced box on again: it says hello, and sends its rows in the abandoned epoch."""
        if self._old_box is not None:
            for message in self._old_box.says(self._world.key):
                self._world.broker.spread(f"edge/{self._world.key}/up", wire.encode(message))

    # ---- the network and the hub

    def cut_the_line(self) -> None:
        process = self._chance.choice([self._world.appliance.process, *self._world.workers])
        if process is not None:
            self._world.broker.cut(process, silently=self._chance.random() < 0.5)

    def bad_weather(self) -> None:
        weather = self._world.weather
        weather.loss = self._chance.choice([0.0, 0.1, 0.5])
        weather.repeat = self._chance.choice([0.0, 0.2])
        weather.delay_s = self._chance.choice([0.02, 0.3, 2.0])

    def restart_the_broker(self) -> None:
        self._world.broker.stop()
        self._later(8, self._broker_is_back)

    def kill_a_worker(self) -> None:
        if self._world.workers:
            worker = self._chance.choice(self._world.workers)
            worker.arm("", self._chance.randrange(1, 12))

    def one_more_worker(self) -> None:
        if len(self._world.workers) < 4:
            self._world.start_worker()

    def postgres_is_away(self) -> None:
        self._world.database.up = False
        self._later(6, self._postgres_is_back)

    def head_office_speaks(self) -> None:
        self._world.publish()

    # ---- the printers

    def printer_off(self) -> None:
        printer = self._chance.choice(list(self._world.printers.values()))
        printer.switch_off()
        self._later(8, lambda: setattr(printer, "on", True))

    def no_paper(self) -> None:
        printer = self._chance.choice(list(self._world.printers.values()))
        printer.has_paper = False
        self._later(8, lambda: setattr(printer, "has_paper", True))

    def bad_cable(self) -> None:
        printer = self._chance.choice(list(self._world.printers.values()))
        printer.breaks = 0.3
        self._later(8, lambda: setattr(printer, "breaks", 0.0))

    def slow_printer(self) -> None:
        printer = self._chance.choice(list(self._world.printers.values()))
        printer.delay_s = 2.0
        self._later(8, lambda: setattr(printer, "delay_s", 0.02))

    # ---- and what ends by itself

    def _later(self, about_s: float, end: Any) -> None:
        asyncio.get_running_loop().call_later(self._chance.expovariate(1 / about_s), end)

    def _disk_works(self) -> None:
        self._world.disk.failing = 0.0

    def _broker_is_back(self) -> None:
        self._world.broker.up = True

    def _postgres_is_back(self) -> None:
        self._world.database.up = True
