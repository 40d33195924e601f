"""An email whose server, or whose appliance, is killed at each of its steps: none lost, none twice, doubt is told."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.clock import SystemClock
from edge.core.messages import Done
from edge.core.process.parts import PartState
from edge.core.storage.database import open_reader
from edge.foundation.access.commands import SetUser
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.outbox.messages import OVER, Message, newest
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.operations.ledger import Ledger
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from tests.http_client import when
from tests.notify_fixture import DANA, MAIL, MIN_S, PIN, Telling, telling
from tests.outgoing import HERE
from tests.shop_fixture import SYSTEM, config, run
from tests.smtp_process import STEPS, mails, smtp_process

SENDER = "shop@example.com"
SETTLED_S = 120
BEFORE = STEPS[: STEPS.index("text")]
"""Steps at which nothing of a mail has left yet."""


def channel(port: int) -> EmailChannel:
    return EmailChannel(OutgoingMail(MailServer(HERE, port, "none"), Breakers(), timeout_s=10), SENDER)


def doubts(shop: Telling) -> list[int]:
    (watch,) = [one for one in shop.shop.registry.watches.values() if one.kind == "messages_unknown"]
    return [int(one.values["count"]) for one in watch.read(shop.shop.reader, shop.clock.at_us, "")]


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_server_that_is_killed_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    async def scenario() -> None:
        async with telling(tmp_path / "shop") as shop:
            with smtp_process(tmp_path, step=step) as port:
                shop.add(channel(port))
                await shop.restart()
                await shop.raised("Freezer", "critical")
                await shop.after()
            (row,) = shop.rows()
            assert row.state == ("unknown" if step == "dot" else "queued") or (step, row.state) == ("text", "unknown")
            with smtp_process(tmp_path, port):
                await shop.after(2 * MIN_S)
            (row,) = [one for one in shop.rows() if one.what == "raised"]
            if row.state == "unknown":
                assert doubts(shop) == [1], "and it is said"
            else:
                assert row.state == "sent" and len(mails(tmp_path)) == 1 and doubts(shop) == []

    (tmp_path / "shop").mkdir()
    run(scenario())


def test_an_appliance_that_is_killed_within_a_mail_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async def begin() -> Path:
        ledger = Ledger(config(tmp_path), SystemClock())
        shop = ledger.shop()
        shop.start()
        commands = [SetUser(DANA, "Dana", "manager", PIN), SetPreferences(DANA, MAIL)]
        commands += [RaiseAlert("message", step, "critical", {"title": step}) for step in STEPS]
        for command in commands:
            assert isinstance(await shop.do(command, SYSTEM), Done)
        path = shop.path
        shop.close()
        ledger.close()
        return path

    path = asyncio.run(begin())
    for step in STEPS:
        child = started(tmp_path)
        with smtp_process(tmp_path, step=step, victim=str(child.pid)) as port:
            assert child.stdin is not None
            child.stdin.write(f"{port}\n".encode())
            child.stdin.close()
            child.wait(SETTLED_S)
    with smtp_process(tmp_path) as port:
        child = started(tmp_path)
        assert child.stdin is not None
        child.stdin.write(f"{port}\n".encode())
        child.stdin.close()
        asyncio.run(settled(path))
        child.kill()
        child.wait()
    told = {row.alert: row for row in rows(path) if row.what == "raised"}
    arrived = mails(tmp_path)
    assert len(told) == len(STEPS) and len(arrived) == len(set(arrived)), "none twice"
    unknown = [row for row in told.values() if row.state == "unknown"]
    assert {row.state for row in told.values()} <= {"sent", "unknown"} and {row.why for row in unknown} == {"cut_off"}
    assert len(unknown) <= 2, "one cut behind its text, and at most one within it"
    assert len(arrived) >= len(STEPS) - 1


def rows(path: Path) -> list[Message]:
    db = open_reader(path)
    try:
        return newest(db, 1000)
    finally:
        db.close()


async def settled(path: Path) -> None:
    """Until nothing of what was raised is to be told any more."""

    async def left() -> set[str]:
        return {row.state for row in rows(path) if row.what == "raised"} - {*OVER}

    await when(left, lambda states: not states, "all is told", SETTLED_S)


def started(folder: Path) -> subprocess.Popen[bytes]:
    """An appliance's part that tells people, by the mail server whose port it is told."""
    program = "import sys; from tests.flow.foundation.test_mail_killed import child; child(*sys.argv[1:])"
    words = [sys.executable, "-c", program, str(folder)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."})


def child(folder: str) -> None:
    async def tell() -> None:
        made = config(Path(folder))
        ledger = Ledger(made, SystemClock())
        shop = ledger.shop()
        shop.start()
        await NotificationsPart(made, shop, {"email": channel(port)}).run(ready)

    def ready(state: PartState | None = None) -> None: ...

    port = int(sys.stdin.readline())
    asyncio.run(tell())
