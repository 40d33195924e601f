"""Each thing of the machine itself that needs a person: said when it is so, and not before or behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from edge.analytics.notify import routes
from edge.core.clock import Doubt
from edge.core.command_bus import CommandBus
from edge.core.process.parts import PartState, Supervisor
from edge.foundation.alerts.alert_texts import advice, known_kinds, title
from edge.foundation.alerts.service import machine_watch
from edge.foundation.alerts.service.machine_watch import MachineWatch
from edge.goods.catalog.commands import SetProducts
from edge.runtime.backup_state import replica_check, status
from edge.runtime.backup_state.replica_check import ReplicaCheck
from sync.digests import Proof
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, done, open_shop, run

JOB = """
    INSERT INTO job (id, kind, params, actor, register, state, queued_us, changed_us)
    VALUES (?1, 'import', x'', 'system', '1', ?2, ?3, ?3)
"""
MIN_US, HOUR_US = 60_000_000, 3_600_000_000


class Line(msgspec.Struct):
    """How sync is (`edge.runtime.sync_state.SyncState`)."""

    state: str = "flowing"
    through: int = 7
    head: int = 7
    set_back: int = 0
    place: str = ""
    advice: str = ""
    key: str = ""
    values: Mapping[str, str] = {}


class Machine:
    """The watches of a machine on which all is well, until a test says otherwise."""

    def __init__(self, shop: CommandBus, folder: Path, clock: FakeClock) -> None:
        self.shop, self.folder, self.clock, self.line = shop, folder, clock, Line()
        self.parts = Supervisor(shop.bus)
        self.watch = MachineWatch(shop, self.parts, folder, self.line, backups_wanted=True)
        self.watches = self.watch.watches(lambda: self.watch.now(clock.mono_us))

    def so(self, after_us: int = 0) -> dict[str, list[str]]:
        """What is so a while later: subjects by kind. What is said of it has its words."""
        self.watch.now(self.clock.mono_us)
        self.clock.advance(after_us / 1e6)
        found = {}
        for one in self.watches:
            conditions = list(one.read(self.shop.reader, self.clock.at_us, "2027-01-15"))
            for each in conditions:
                said = title("en", one.kind, each.values) + advice("en", one.kind, each.values)
                assert one.kind in known_kinds() and "…" not in said, said
            found |= {one.kind: [each.subject for each in conditions]} if conditions else {}
        return found


def test_each_of_the_machine_is_said_when_it_is_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            free = SimpleNamespace(free=100 * 1024**3)
            monkeypatch.setattr(machine_watch.shutil, "disk_usage", lambda folder: free)
            machine = Machine(shop, tmp_path, clock)
            status.note(tmp_path, backup_us=clock.at_us)
            assert machine.so(HOUR_US) == {}, "all is well"

            free.free = 1024**3
            assert machine.so() == {"disk_full": [""]}
            free.free = 100 * 1024**3

            shop.why_read_only = "disk full"
            assert machine.so() == {"read_only": [""]}
            shop.why_read_only = None

            assert machine.so(24 * HOUR_US) == {}, "a backup a day, and two hours to make it in"
            assert machine.so(2 * HOUR_US) == {"backup_overdue": [""]}
            status.note(tmp_path, backup_us=clock.at_us, drill_fault="it does not open")
            assert machine.so() == {"drill_failed": [""]}
            status.note(tmp_path, drill_fault="")

            machine.line.state = "offline"
            assert machine.so(4 * MIN_US) == {}
            assert machine.so(MIN_US) == {"offline": [""]}
            machine.line.state = "stopped"
            assert machine.so() == {"sync_stopped": [""]}
            machine.line.state = "flowing"
            machine.line.head = 9
            assert machine.so(59 * MIN_US) == {}
            assert machine.so(MIN_US) == {"sync_late": [""]}
            machine.line.through = 8
            assert machine.so() == {}, "it moves"
            machine.line.through = 9

            machine.parts.states["scale"] = PartState("scale", "lost", "No answer.")
            assert machine.so(MIN_US) == {}
            assert machine.so(MIN_US) == {"part_lost": ["scale"]}
            machine.parts.states.clear()
            machine.parts.states |= {name: PartState(name, "lost", "No.") for name in ("printer", "scanner", "scale")}
            assert set(machine.so(2 * MIN_US)) == {"parts_lost", "part_lost"}
            machine.parts.states.clear()

            proof = ReplicaCheck(clock.at_us, 9, Proof(1, 9, missing=2))
            (tmp_path / replica_check.FILE).write_bytes(msgspec.json.encode(proof))
            assert machine.so() == {"proof_failed": [""]}
            (tmp_path / replica_check.FILE).unlink()

            shop.doubt_of_clock = Doubt(clock.at_us, 0, False, "2027-01-15")
            assert machine.so() == {"clock_doubted": [""]}
            shop.doubt_of_clock = None

            await shop.maintain(lambda db: db.execute(JOB, (1, "failed", clock.at_us)))
            assert machine.so() == {"job_failed": ["1"]}
            await shop.maintain(lambda db: db.execute(JOB, (2, "done", clock.at_us)))
            assert machine.so() == {}, "it went well the next time"

    run(scenario())


def test_faults_are_told_of_where_they_pile_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            machine = Machine(shop, tmp_path, clock)
            assert machine.so() == {}
            for _ in range(41):
                await done(shop, SetProducts(()), SYSTEM)
            shop.count_fault()
            shop.count_fault()
            assert machine.so(MIN_US) == {}, "two for forty commands are in the log"
            for _ in range(3):
                shop.count_fault()
            assert machine.so(MIN_US) == {"faults": [""]}
            assert machine.so(5 * MIN_US) == {}, "and five minutes without any"
            shop.count_fault()
            shop.count_fault()
            assert machine.so(MIN_US) == {"faults": [""]}, "nothing else was asked: it is every command"

    run(scenario())


def test_a_request_that_fails_by_a_fault_of_ours_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, calling(served) as caller:
            grant = {"Grant": served.site.door.token, "Surface": "panel"}
            assert (await caller.get("/api/v1/notify/alerts?active=perhaps", **grant)).status < 500
            assert served.shop.faults == 0
            monkeypatch.setattr(routes, "read_alerts", lambda db, active: 1 / 0)
            assert (await caller.get("/api/v1/notify/alerts", **grant)).status == 500
            assert served.shop.faults == 1

    run(scenario())
