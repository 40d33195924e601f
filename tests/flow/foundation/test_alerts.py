"""Alerts through the whole appliance: raised by what is true, minded by a person, over when the fact is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import differences
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.process.parts import Part, PartState, Ready, Supervisor
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection, open_reader
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import (
    AcknowledgeAlert,
    CloseAlert,
    LapseAcknowledgement,
    RaiseAlert,
    ResolveAlert,
    SendAlert,
)
from edge.foundation.alerts.queries import Alert, ended_alerts, open_alerts, read_alert
from edge.foundation.alerts.service.machine_watch import MachineWatch
from edge.foundation.alerts.service.part import AlertsPart
from edge.web.live.fragments import all_fragments
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, open_shop, run

HOUR_S = 3600
MANAGER = Actor("manager", "panel", "1", system().rights)


class Watching:
    """The part, asked to look when a test says so, by a clock of its own."""

    def __init__(self, shop: CommandBus, folder: Path, clock: FakeClock, ticking_s: float = 0.0) -> None:
        """`ticking_s`: so much time passes whenever someone asks for it."""
        self.supervisor = Supervisor(shop.bus)
        self.machine = MachineWatch(shop, self.supervisor, folder, None, False)
        self.part = AlertsPart(shop, self.machine, lambda at_us: "2027-01-15", self._mono_s)
        self._ticks_s, self._ticking_s = 0.0, ticking_s
        self.thread = ThreadPoolExecutor(1)
        self.db: Connection = open_reader(shop.path)
        self._shop, self._clock = shop, clock

    def _mono_s(self) -> float:
        self._ticks_s += self._ticking_s
        return self._clock.mono_us / 1e6 + self._ticks_s

    async def look(self, after_s: float = 61) -> dict[str, Alert]:
        self._clock.advance(after_s)
        await self.part.look(self.thread, self.db)
        return {f"{one.kind} {one.subject}".strip(): one for one in open_alerts(self._shop.reader)}

    def close(self) -> None:
        self.thread.shutdown()
        self.db.close()


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[tuple[CommandBus, FakeClock, Watching]]:
    clock = FakeClock()
    async with open_shop(folder, clock) as shop:
        watching = Watching(shop, folder, clock)
        try:
            yield shop, clock, watching
        finally:
            await watching.supervisor.stop()
            watching.close()


async def do(shop: CommandBus, command: Command, actor: Actor = SYSTEM) -> Any:
    done = await shop.do(command, actor)
    assert isinstance(done, Done), done
    return done.result


def test_a_drawer_that_is_off_until_the_next_one_is_right(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, watching):
            await do(shop, OpenShift(10_000), CASHIER)
            await do(shop, CloseShift(9_000), CASHIER)
            (alert,) = (await watching.look()).values()
            assert (alert.kind, alert.subject, alert.severity) == ("drawer_difference", "1 1", "high")
            assert alert.values["off_minor"] == -1000 and alert.cause_seq > 0
            for _ in range(3):
                assert len(await watching.look(400)) == 1, "once, however often it is looked at"
            again = Watching(shop, tmp_path, clock)
            assert len(await again.look()) == 1 and ended_alerts(shop.reader) == [], "a restart raises nothing twice"
            again.close()
            await do(shop, OpenShift(9_000), CASHIER)
            await do(shop, CloseShift(9_000), CASHIER)
            assert await watching.look() == {}
            (ended,) = ended_alerts(shop.reader)
            assert ended.id == alert.id and ended.count == 1
            assert verify(shop.reader, shop.registry).faults == ()
            assert list(differences(shop.reader, shop.registry)) == [], "a rebuild is the same"

    run(scenario())


def test_somebody_minds_it_for_a_while(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, _, watching):
            await do(shop, SetPin(hash_pin("864209")))
            id = await do(shop, RaiseAlert("message", "freezer", "high", {"title": "Freezer"}))
            shown = await do(shop, AcknowledgeAlert(id, "calling the technician"), MANAGER)
            assert (shown.state, shown.acked_by, shown.note) == ("acknowledged", "manager", "calling the technician")
            assert (await do(shop, AcknowledgeAlert(id), SYSTEM)).acked_by == "manager", "the first one holds it"
            assert (await watching.look(7 * HOUR_S))["message freezer"].state == "acknowledged"
            assert (await watching.look(2 * HOUR_S))["message freezer"].state == "raised", "8 hours are over"
            await do(shop, AcknowledgeAlert(id), MANAGER)
            assert await do(shop, RaiseAlert("message", "freezer", "critical", {"title": "Freezer"})) == id
            worse = read_alert(shop.reader, id)
            assert worse and (worse.state, worse.severity, worse.count) == ("raised", "critical", 2)
            await do(shop, CloseAlert(id), MANAGER)
            assert await shop.do(AcknowledgeAlert(id), MANAGER) == Refused("alert_over", {"id": id})
            assert await shop.do(AcknowledgeAlert(9999), MANAGER) == Refused("no_such_alert", {"id": 9999})
            assert await do(shop, RaiseAlert("message", "freezer", "high", {})) != id, "a new opening"

    run(scenario())


def test_who_says_too_late_that_they_see_to_it_is_noted_and_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, _):
            await do(shop, SetPin(hash_pin("864209")))
            id = await do(shop, RaiseAlert("message", "freezer", "high", {"title": "Freezer"}))
            said_us = shop.now_us()
            clock.advance(60)
            await do(shop, RaiseAlert("message", "freezer", "critical", {"title": "Freezer"}))
            late = await do(shop, AcknowledgeAlert(id, said_us=said_us), MANAGER)
            assert (late.state, late.late_by, late.late_us) == ("raised", "manager", said_us), "it is graver by now"
            taken = await do(shop, AcknowledgeAlert(id, via="link"), MANAGER)
            assert (taken.state, taken.acked_via) == ("acknowledged", "link")
            said_us = shop.now_us()
            clock.advance(60)
            await do(shop, CloseAlert(id))
            over = await do(shop, AcknowledgeAlert(id, via="api", said_us=said_us), SYSTEM)
            assert (over.state, over.late_by, over.late_us) == ("resolved", "system", said_us)
            head = shop.head.seq
            await do(shop, AcknowledgeAlert(id, via="api", said_us=said_us), SYSTEM)
            assert shop.head.seq == head, "once"
            new = await do(shop, RaiseAlert("message", "freezer", "high", {"title": "Freezer"}))
            assert isinstance(await shop.do(AcknowledgeAlert(id), MANAGER), Refused)
            again = read_alert(shop.reader, new)
            assert again and again.state == "raised" and list(differences(shop.reader, shop.registry)) == []

    run(scenario())


def test_what_is_passed_on_late_counts_although_someones_time_was_over_meanwhile(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, _):
            await do(shop, SetPin(hash_pin("864209")))
            id = await do(shop, RaiseAlert("message", "freezer", "high", {"title": "Freezer"}))
            await do(shop, AcknowledgeAlert(id), SYSTEM)
            clock.advance(60)
            said_us = shop.now_us()
            clock.advance(60)
            await do(shop, LapseAcknowledgement(id))
            taken = await do(shop, AcknowledgeAlert(id, via="api", said_us=said_us), MANAGER)
            assert (taken.state, taken.acked_by, taken.late_by) == ("acknowledged", "manager", "")

    run(scenario())


def test_what_was_said_before_it_became_graver_is_too_late_whoever_minded_it_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, _):
            await do(shop, SetPin(hash_pin("864209")))
            id = await do(shop, RaiseAlert("message", "freezer", "high", {"title": "Freezer"}))
            said_us = shop.now_us()
            clock.advance(60)
            await do(shop, RaiseAlert("message", "freezer", "critical", {"title": "Freezer"}))
            await do(shop, AcknowledgeAlert(id), SYSTEM)
            clock.advance(60)
            await do(shop, LapseAcknowledgement(id))
            late = await do(shop, AcknowledgeAlert(id, via="api", said_us=said_us), MANAGER)
            assert (late.state, late.late_by, late.late_us) == ("raised", "manager", said_us)

    run(scenario())


def test_the_cashiers_page_reads_what_is_for_its_person_alone_and_only_behind_a_fact(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            shop = served.shop
            await do(shop, SetUser("u1", "Noa", "cashier", hash_pin("7394")))
            for number in range(5):
                await do(shop, SendAlert(f"Other {number}", roles=("manager",)))
            for severity in ("low", "critical", "high", "medium"):
                await do(shop, SendAlert(severity, "", severity, people=("u1",)))
            asked: list[str] = []

            def shown() -> tuple[list[str], int]:
                values = all_fragments()["counter_alerts"].values(served.site.live._views, "1")
                return [one.title("en") for one in values["shown"]], values["more"]

            assert shown() == ([], 0)
            served.access.sessions.sign_in("1", "u1")
            assert shown() == (["critical", "high", "medium"], 1), "as soon as they are here"
            shop.reader.set_trace_callback(asked.append)
            assert shown() == (["critical", "high", "medium"], 1)
            shop.reader.set_trace_callback(None)
            assert [sql for sql in asked if "alert" in sql] == [], "no second of the clock reads alerts"
            served.access.sessions.sign_out("1")
            assert shown() == ([], 0)

    run(scenario())


def test_what_somebody_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, _, watching):
            one = await do(shop, SendAlert("No more bread", "Call the bakery", "high", dedupe="bread"))
            assert await do(shop, SendAlert("No more bread", "Call them again", "high", dedupe="bread")) == one
            two = await do(shop, SendAlert("Window broken"))
            found = {alert.id: alert for alert in open_alerts(shop.reader)}
            assert (found[one].count, found[one].values["message"], two in found) == (2, "Call them again", True)
            assert len(await watching.look()) == 2, "no fact ends what somebody said"
            assert await shop.do(SendAlert("x", people=("nobody",)), SYSTEM) == Refused(
                "no_such_user", {"id": "nobody"}
            )
            lost = await do(shop, RaiseAlert("part_lost", "printer", "high", {"part": "printer"}))
            assert await shop.do(CloseAlert(lost), MANAGER) == Refused("alert_ends_itself", {"id": lost})
            await do(shop, ResolveAlert(lost))

    run(scenario())


def test_a_device_that_is_gone_for_two_minutes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (_, _, watching):
            say: list[Callable[[PartState], None]] = []

            async def away(ready: Ready) -> None:
                ready(PartState("", "lost", "No paper."))
                say.append(ready)
                await _for_ever()

            watching.supervisor.start(Part("printer", away))
            while not say:
                await _breath()
            assert await watching.look(1) == {}
            assert await watching.look(100) == {}, "paper is being changed"
            assert "part_lost printer" in await watching.look(60)
            say[0](PartState("", "ok"))
            assert "part_lost printer" in await watching.look(10), "it was open for less than five minutes"
            assert await watching.look(301) == {}

    run(scenario())


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _breath() -> None:
    await asyncio.sleep(0)


def test_a_watch_that_fails_ends_nothing_and_silences_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, watching):
            await do(shop, OpenShift(10_000), CASHIER)
            await do(shop, CloseShift(9_000), CASHIER)
            assert len(await watching.look()) == 1

            def broken(db: Connection, now_us: int, business_date: str) -> list[Condition]:
                raise AttributeError("a fault of ours")

            shop.registry.watches["drawer_difference"] = Watch("drawer_difference", "high", broken)
            again = Watching(shop, tmp_path, clock)
            await do(shop, RaiseAlert("prices_held", "", "medium", {"count": 3}))
            await again.look(400)
            said = {"drawer_difference 1 1", "watch_failed drawer_difference"}
            assert set(await again.look(400)) == said, "the rest goes on, and somebody hears that one does not"
            again.close()

    run(scenario())


def test_a_watch_waits_for_tables_that_are_still_made_again(tmp_path: Path) -> None:
    true = [Condition("milk", {"name": "Milk", "days": 1, "sku": "milk"})]

    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, _):

            async def read_through(seq: int) -> None:
                await shop.maintain(lambda db: _read_demand(db, seq))

            watch = Watch("stockout_risk", "medium", lambda *_: list(true), rests_on=("demand",))
            shop.registry.watches["stockout_risk"] = watch
            await do(shop, OpenShift(10_000), CASHIER)
            await read_through(9999)
            before = Watching(shop, tmp_path, clock)
            assert "stockout_risk milk" in await before.look(1000)
            before.close()
            true.clear()  # what half a table says
            await read_through(0)
            restored = Watching(shop, tmp_path, clock)
            assert "stockout_risk milk" in await restored.look(1000), "nothing ended it"
            await read_through(9999)
            assert "stockout_risk milk" not in await restored.look(1000)
            restored.close()

    run(scenario())


def _read_demand(db: Connection, seq: int) -> None:
    """As if the tables of demand had taken the journal through this row."""
    db.execute("UPDATE projection SET seq = ? WHERE name = 'demand'", (seq,))


def test_a_watch_that_takes_too_long_is_cut_off(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, clock, _):
            slow = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"

            def query(db: Connection, now_us: int, business_date: str) -> list[Condition]:
                return [Condition(str(row)) for row in db.execute(slow)]

            def loop(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
                while True:
                    yield Condition("")

            shop.registry.watches["query"] = Watch("query", "high", query)
            shop.registry.watches["loop"] = Watch("loop", "high", loop)
            again = Watching(shop, tmp_path, clock, ticking_s=0.5)
            await again.look()
            found = await again.look(400)
            assert {"watch_failed query", "watch_failed loop"} <= set(found)
            again.close()

    run(scenario())


def test_most_devices_gone_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (_, _, watching):
            lost: list[str] = []

            def away(name: str) -> Part:
                async def run_(ready: Ready) -> None:
                    ready(PartState("", "lost", "No answer."))
                    lost.append(name)
                    await _for_ever()

                return Part(name, run_)

            for name in ("printer", "scanner", "scale"):
                watching.supervisor.start(away(name))
            while len(lost) < 3:
                await _breath()
            assert await watching.look(1) == {}
            found = await watching.look(61)
            assert set(found) == {"parts_lost"} and found["parts_lost"].values == {"count": 3}
            found = await watching.look(120)
            assert found["part_lost scale"].held_by == "parts_lost", "the network is told of, and not each device"

    run(scenario())
