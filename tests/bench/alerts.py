"""`bench alerts`: from a fact that needs a person to the page while a till sells, and through kills to the mail.

First a drawer that is off, again and again: how long until the bell of an open page counts it, and how much longer a
till's scans take than where the same drawers are off and no one watches; by turns, as the machine has its moods. Then
facts that become true while the process that raises alerts and tells of them is killed at random, in several shops at a
time; its clock runs fast, as people get ten messages an hour. Lost: a fact without an alert, or an alert whose mail
never came, but where that is shown as too much to wait, or as unknown and the mail was cut at its final dot; `unsure`
says how many the latter are. Doubled: raised twice, or sent twice.
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
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.clock import ClockReading
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Part, Supervisor, first_completed
from edge.core.registry import Condition, Watch
from edge.core.storage.database import open_reader
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.till.commands import AbandonBasket, AddLine
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.service.machine_watch import MachineWatch
from edge.foundation.alerts.service.part import AlertsPart
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.operations.ledger import Ledger
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
FACT_S = 0.35
"""A drawer is off so often, watched or not."""
ROUNDS = 3
LANES = 3
HAND_IN_S = 0.02
"""How long a mail takes up to its final dot."""
ENDING = "ending"
"""Shops that are killed side by side."""
KILLS_S = 75
"""For so long someone is killed; the figures say how often that was."""


class Killed(msgspec.Struct, frozen=True):
    """How often a process was killed; what was lost or doubled, a sentence each; and of how many mails that never came
    it is said that this is not known."""

    kills: int
    wrong: list[str]
    unsure: int


def main(argv: list[str]) -> int:
    if argv[:1] == ["child"]:
        asyncio.run(_child(Path(argv[1])))
        return 0
    parser = argparse.ArgumentParser(prog="bench alerts")
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=90)
    parser.add_argument("--minutes", type=float, default=KILLS_S / 60, help="to kill in, at most")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="edge-alerts-") as name:
        waits, ratio = asyncio.run(_pages(Path(name), args.pages))
        killed = asyncio.run(_lanes(Path(name), args.facts, args.kills, args.minutes * 60, args.seed))
    for line in killed.wrong[:20]:
        print(line)
    p95_ms = percentile(waits, 0.95) * 1000
    result(
        lost_or_doubled=len(killed.wrong),
        unsure=killed.unsure,
        page_p95_ms=p95_ms,
        page_p50_ms=percentile(waits, 0.5) * 1000,
        till_ratio=ratio,
        facts=args.facts,
        kills=killed.kills,
    )
    return 1 if killed.wrong else 0


async def _pages(folder: Path, times: int) -> tuple[list[float], float]:
    """Seconds from an answered `CloseShift` to the bell, on another till's machine that scans all the while; and how
    much longer the slowest hundredth of its scans takes then than where nothing is watched."""
    waits: list[float] = []
    alone: list[float] = []
    watched: list[float] = []
    each, number = max(1, times // ROUNDS), 0
    async with serve(folder) as served, calling(served) as caller:
        machine = MachineWatch(served.shop, served.supervisor, folder, None, False)
        page = partial(caller.socket, "page=manager&register=1&lang=en")
        async with _selling(served.shop) as warm:
            await _until(lambda: len(warm) >= WARM)
        for _ in range(ROUNDS):
            async with page() as socket, _drained(socket), _selling(served.shop) as took:
                for _ in range(each):
                    began = await _drawer_off(served.shop)
                    await asyncio.sleep(max(0.0, began + FACT_S - time.perf_counter()))
            alone += took
            number += 1  # of those that nobody watched only the last is so still
            async with page() as socket:
                part = AlertsPart(served.shop, machine, served.config.business_date)
                served.supervisor.start(Part("alerts", part.run))
                await _counted(socket, number)
                async with _selling(served.shop) as took:
                    for _ in range(each):
                        number += 1
                        began = await _drawer_off(served.shop)
                        await _counted(socket, number)
                        waits.append(time.perf_counter() - began)
                        await asyncio.sleep(max(0.0, began + FACT_S - time.perf_counter()))
                watched += took
            await served.supervisor.stop_part("alerts")
    return waits, percentile(watched, 0.99) / percentile(alone, 0.99)


async def _drawer_off(shop: CommandBus) -> float:
    """A drawer that lacks something; when that was known."""
    elsewhere = msgspec.structs.replace(CASHIER, register="2")
    await shop.do(OpenShift(1_000), elsewhere)
    done = await shop.do(CloseShift(900), elsewhere)
    assert isinstance(done, Done), done
    return time.perf_counter()


@asynccontextmanager
async def _drained(socket: Any) -> AsyncIterator[None]:
    """A page that is open, and that no one waits for."""

    async def read() -> None:
        while True:
            await socket.receive()

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _counted(socket: Any, number: int) -> None:
    """Until the bell counts so many."""
    while f"Alerts: {number:,} open" not in (await asyncio.wait_for(socket.receive(), 30)).data:
        pass


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
    """A channel at whose end a file is: each message's alerts, as they were sent; and beside it those whose mail came
    as far as its final dot. As by SMTP, most of its time goes by before."""

    name, repeats, marks_end = "email", False, True

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self._ending = path.with_name(ENDING).open("a")

    async def send(self, parcel: Parcel, to: str) -> str:
        line = json.dumps([one["id"] for one in parcel.data["alerts"]]) + "\n"
        await asyncio.sleep(HAND_IN_S)
        self._ending.write(line)
        self._ending.flush()
        await parcel.ending()
        self._file.write(line)
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
    ready = folder / "ready"
    await first_completed(alerts.run(lambda state=None: ready.touch()), telling.run(lambda state=None: None))


async def _lanes(folder: Path, facts: int, kills: int, within_s: float, seed: int) -> Killed:
    """Several shops, each with its share of facts and kills."""
    until_s = time.monotonic() + within_s
    shares = [
        (facts * (n + 1) // LANES - facts * n // LANES, kills * (n + 1) // LANES - kills * n // LANES)
        for n in range(LANES)
    ]
    lanes = (
        _kills(folder / f"kills{lane}", *share, until_s, random.Random(seed + lane))
        for lane, share in enumerate(shares)
    )
    found = await asyncio.gather(*lanes)
    wrong = [line for one in found for line in one.wrong]
    return Killed(sum(one.kills for one in found), wrong, sum(one.unsure for one in found))


async def _kills(folder: Path, facts: int, kills: int, until_s: float, luck: random.Random) -> Killed:
    """See `Killed`."""
    _begin(folder)
    ledger = Ledger(config(folder), Fast(folder))
    shop = ledger.shop()
    shop.start()
    for command in (SetUser("u1", "Dana", "manager", hash_pin("864209")), SetPreferences("u1", MAIL)):
        assert isinstance(await shop.do(command, SYSTEM), Done)
    path = shop.path
    shop.close()
    ledger.close()
    done = 0
    while done < kills and time.monotonic() < until_s:
        done += 1
        child = await _spawn(folder)
        await _at_work(folder)
        (folder / "facts").write_text(str(facts * done // kills))
        await asyncio.sleep(luck.uniform(0.0, 2.0))
        child.kill()
        await child.wait()
        print(f"{done} kills", end="\r", flush=True)
    (folder / "facts").write_text(str(facts))
    child = await _spawn(folder)
    try:
        await _settled(path, facts)
    finally:
        child.kill()
        await child.wait()
    return Killed(done, *_wrong(path, folder / "sent", facts))


async def _at_work(folder: Path) -> None:
    """Until the process that was begun last reads and tells."""
    for _ in range(600):
        if (folder / "ready").exists():
            break
        await asyncio.sleep(0.05)
    (folder / "ready").unlink(missing_ok=True)


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


def _wrong(path: Path, sent: Path, facts: int) -> tuple[list[str], int]:
    """What is lost or doubled; and of how many mails that never came that is shown."""
    db = open_reader(path)
    raised = Counter(subject for (subject,) in db.execute("SELECT subject FROM alert WHERE kind = 'bench'"))
    told = dict(db.execute("SELECT alert, state || ' ' || why FROM notify_message WHERE what = 'raised'").fetchall())
    ids = [id for (id,) in db.execute("SELECT id FROM alert WHERE kind = 'bench'")]
    db.close()
    arrived, ended = _alerts_in(sent), _alerts_in(sent.with_name(ENDING))
    found = [f"fact {n} has {raised[str(n)]} alerts" for n in range(facts) if raised[str(n)] != 1]
    found += [f"alert {id} was sent {count} times" for id, count in arrived.items() if count > 1]
    never = [id for id in ids if id not in arrived and told.get(id) != "suppressed too_many"]
    unsure = [id for id in never if id in ended and told.get(id, "").startswith("unknown")]
    found += [f"alert {id} was not told: {told.get(id)}" for id in never if id not in unsure]
    return found, len(unsure)


def _alerts_in(path: Path) -> Counter[int]:
    return Counter(id for line in path.read_text().splitlines() for id in json.loads(line))
