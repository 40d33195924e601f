"""`bench alerts`: from a fact that needs a person to the page while a till sells, and through kills to the mail.

First a drawer that is off, again and again: how long until the bell of an open page counts it. Then facts that become
true while the process that raises alerts and tells of them is killed at random; its clock runs fast, as people get ten
messages an hour. Lost: a fact without an alert, or an alert that was neither sent nor is shown as unknown, or as too
much to wait; doubled: raised twice, or sent twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from edge.app.ledger import Ledger
from edge.core.clock import ClockReading
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Part, Supervisor, first_completed
from edge.core.registry import Condition, Watch
from edge.core.storage.database import open_reader
from edge.services.alerts.machine_watch import MachineWatch
from edge.services.alerts.part import AlertsPart
from edge.services.notifications.channels.sender import Parcel
from edge.services.notifications.part import NotificationsPart
from edge.shop.access.commands import SetUser
from edge.shop.access.pin import hash_pin
from edge.shop.notify.commands import SetPreferences
from edge.shop.notify.preferences import NotificationPreferences
from edge.shop.shifts.commands import CloseShift, OpenShift
from edge.shop.till.commands import AbandonBasket, AddLine
from tests.bench.measure import percentile, result
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, MILK, SYSTEM, config

SPEED = 1_800
"""Seconds of the killed process' clock a second."""
MAIL = NotificationPreferences(email="dana@example.com", enabled_channels=("email",))
SETTLED_S = 180
WARM = 40
"""Scans until all is read once."""
ALONE = 240
"""Scans while nothing is watched, to compare with, and at least as many while it is."""


def main(argv: list[str]) -> int:
    if argv[:1] == ["child"]:
        asyncio.run(_child(Path(argv[1])))
        return 0
    parser = argparse.ArgumentParser(prog="bench alerts")
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=100)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="edge-alerts-") as name:
        waits, ratio = asyncio.run(_pages(Path(name), args.pages))
        wrong = asyncio.run(_kills(Path(name) / "kills", args.facts, args.kills, random.Random(args.seed)))
    for line in wrong[:20]:
        print(line)
    p95_ms = percentile(waits, 0.95) * 1000
    result(
        lost_or_doubled=len(wrong),
        page_p95_ms=p95_ms,
        page_p50_ms=percentile(waits, 0.5) * 1000,
        till_ratio=ratio,
        facts=args.facts,
        kills=args.kills,
    )
    return 1 if wrong else 0


async def _pages(folder: Path, times: int) -> tuple[list[float], float]:
    """Seconds from an answered `CloseShift` to the bell, on another till's machine that scans all the while; and how
    much longer the slowest hundredth of its scans takes then than while nothing is watched."""
    waits = []
    async with serve(folder) as served, calling(served) as caller:
        async with _selling(served.shop) as alone, caller.socket("page=manager&register=1&lang=en"):
            await _until(lambda: len(alone) >= ALONE)
        machine = MachineWatch(served.shop, served.supervisor, folder, None, False)
        part = AlertsPart(served.shop, machine, served.config.business_date)
        served.supervisor.start(Part("alerts", part.run))
        elsewhere = msgspec.structs.replace(CASHIER, register="2")
        async with _selling(served.shop) as watched, caller.socket("page=manager&register=1&lang=en") as socket:
            for number in range(1, times + 1):
                await served.shop.do(OpenShift(1_000), elsewhere)
                done = await served.shop.do(CloseShift(900), elsewhere)
                assert isinstance(done, Done), done
                began = time.perf_counter()
                while f"Alerts: {number:,} open" not in (await asyncio.wait_for(socket.receive(), 20)).data:
                    pass
                waits.append(time.perf_counter() - began)
            await _until(lambda: len(watched) >= ALONE)
    return waits, percentile(watched, 0.99) / percentile(alone[WARM:], 0.99)


async def _until(so: Callable[[], bool]) -> None:
    for _ in range(10 * SETTLED_S):
        if so():
            return
        await asyncio.sleep(0.1)


@asynccontextmanager
async def _selling(shop: CommandBus) -> AsyncIterator[list[float]]:
    """A till that scans; how long each scan took, in seconds. It puts its basket away whenever that is long."""
    took: list[float] = []

    async def scan() -> None:
        while True:
            if len(took) % 40 == 39:
                await shop.do(AbandonBasket(), CASHIER)
            began = time.perf_counter()
            await shop.do(AddLine(MILK), CASHIER)
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(scan())
        yield took
        task.cancel()


class Fast:
    """A clock that runs SPEED times as fast, on from where the process before was killed."""

    def __init__(self, folder: Path) -> None:
        self._began_s = float((folder / "began").read_text())

    def read(self) -> ClockReading:
        us = int((time.time() - self._began_s) * SPEED * 1e6)
        return ClockReading(1_800_000_000_000_000 + us, us, b"b" * 16)


class Written:
    """A channel at whose end a file is: each message's alerts, as they were sent."""

    name, repeats = "email", False

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    async def send(self, parcel: Parcel, to: str) -> str:
        self._file.write(json.dumps([one["id"] for one in parcel.data["alerts"]]) + "\n")
        self._file.flush()
        return ""


async def _child(folder: Path) -> None:
    made = config(folder)
    ledger = Ledger(made, Fast(folder))
    facts = folder / "facts"

    def read(db: object, now_us: int, business_date: str) -> Iterator[Condition]:
        return (Condition(str(number)) for number in range(int(facts.read_text())))

    ledger.registry.watches["bench"] = Watch("bench", "high", read, every_s=1)
    shop = ledger.shop()
    shop.start()
    machine = MachineWatch(shop, Supervisor(shop.bus), made.folder, None, False)
    alerts = AlertsPart(shop, machine, made.business_date)
    telling = NotificationsPart(made, shop, {"email": Written(folder / "sent")})
    await first_completed(alerts.run(lambda state=None: None), telling.run(lambda state=None: None))


async def _kills(folder: Path, facts: int, kills: int, luck: random.Random) -> list[str]:
    """What went wrong."""
    _begin(folder)
    ledger = Ledger(config(folder), Fast(folder))
    shop = ledger.shop()
    shop.start()
    for command in (SetUser("u1", "Dana", "manager", hash_pin("864209")), SetPreferences("u1", MAIL)):
        assert isinstance(await shop.do(command, SYSTEM), Done)
    path = shop.path
    shop.close()
    ledger.close()
    for kill in range(1, kills + 1):
        child = await _spawn(folder)
        await asyncio.sleep(luck.uniform(0.3, 1.0))
        (folder / "facts").write_text(str(facts * kill // kills))
        await asyncio.sleep(luck.uniform(1.0, 2.5))
        child.kill()
        await child.wait()
        print(f"{kill} kills", end="\r", flush=True)
    child = await _spawn(folder)
    try:
        await _settled(path, facts)
    finally:
        child.kill()
        await child.wait()
    return _wrong(path, folder / "sent", facts)


def _begin(folder: Path) -> None:
    folder.mkdir()
    (folder / "began").write_text(str(time.time()))
    (folder / "facts").write_text("0")


async def _spawn(folder: Path) -> asyncio.subprocess.Process:
    words = (sys.executable, "-m", "tests.bench", "alerts", "child", str(folder))
    return await asyncio.create_subprocess_exec(*words, env={**os.environ, "PYTHONPATH": "."})


async def _settled(path: Path, facts: int) -> None:
    db = open_reader(path)
    query = (
        "SELECT (SELECT count(*) FROM alert WHERE kind = 'bench'),"
        " (SELECT count(*) FROM notify_ladder),"
        " (SELECT count(*) FROM notify_message WHERE state IN ('queued', 'sending'))"
    )
    for _ in range(5 * SETTLED_S):
        if db.execute(query).fetchone() == (facts, facts, 0):
            break
        await asyncio.sleep(0.2)
    db.close()


def _wrong(path: Path, sent: Path, facts: int) -> list[str]:
    db = open_reader(path)
    raised = Counter(subject for (subject,) in db.execute("SELECT subject FROM alert WHERE kind = 'bench'"))
    told = dict(db.execute("SELECT alert, state || ' ' || why FROM notify_message WHERE what = 'raised'").fetchall())
    ids = [id for (id,) in db.execute("SELECT id FROM alert WHERE kind = 'bench'")]
    db.close()
    arrived = Counter(id for line in sent.read_text().splitlines() for id in json.loads(line))
    found = [f"fact {n} has {raised[str(n)]} alerts" for n in range(facts) if raised[str(n)] != 1]
    found += [f"alert {id} was sent {count} times" for id, count in arrived.items() if count > 1]
    shown = ("unknown", "suppressed too_many")
    return found + [
        f"alert {id} was not told: {told.get(id)}"
        for id in ids
        if id not in arrived and not told.get(id, "").startswith(shown)
    ]
