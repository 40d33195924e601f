"""A shop that tells people of alerts, by a clock that a test moves, on channels that keep what they are given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.preferences import NotificationPreferences
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.outbox.messages import Message, newest
from edge.foundation.outbox.service.channels.sender import Parcel, Sender
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, open_shop

DANA, OMER = "u1", "u2"
MIN_S = 60
HOUR_S = 3600
PIN = hash_pin("864209")
OTHER_PIN = hash_pin("753108")
MAIL = NotificationPreferences(email="dana@example.com", enabled_channels=("email",))


class Heard:
    """A channel that keeps what it is given, and fails as a test says."""

    repeats, marks_end = False, False

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[tuple[str, Parcel]] = []
        self.faults: list[Exception] = []

    async def send(self, parcel: Parcel, to: str) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((to, parcel))
        return f"id {len(self.sent)}"

    @property
    def titles(self) -> list[str]:
        return [parcel.title.removesuffix(" · Corner Shop") for _, parcel in self.sent]


class Telling:
    """A shop with its channels, by a clock that a test moves."""

    def __init__(self, shop: CommandBus, clock: FakeClock, folder: Path, text: str) -> None:
        self._text = text
        self.shop, self.clock = shop, clock
        self.email, self.sms, self.slack = Heard("email"), Heard("sms"), Heard("slack")
        self._folder = folder
        self._senders: dict[str, Sender] = {one.name: one for one in (self.email, self.sms, self.slack)}
        self.part = self._made()

    def _made(self) -> NotificationsPart:
        return NotificationsPart(config(self._folder, self._text), self.shop, self._senders, lambda: 0.5)

    def add(self, sender: Sender) -> None:
        """One more channel, from the next start on."""
        self._senders[sender.name] = sender

    async def begin(self) -> None:
        async with OutgoingHttp(Breakers()) as http:
            await self.part.begin(http, Breakers())

    async def restart(self, text: str = "") -> None:
        """Once more, with another configuration where there is one."""
        self.part.close()
        self._text = text or self._text
        self.part = self._made()
        await self.begin()

    async def set_back(self) -> None:
        """The ledger is that of a backup."""
        for one in self.shop.registry.on_restore:
            await self.shop.maintain(one)

    async def do(self, command: Command, actor: Actor = SYSTEM) -> Any:
        done = await self.shop.do(command, actor)
        assert isinstance(done, Done), done
        return done.result

    async def after(self, seconds: float = 3) -> None:
        """So much later, and all that follows done."""
        self.clock.advance(seconds)
        await self.part.plan()
        for name in self._senders:
            await self.part.dispatch(name)

    async def raised(self, subject: str, severity: Any = "high", **more: Any) -> int:
        return int(await self.do(RaiseAlert("message", subject, severity, {"title": subject}, **more)))

    def rows(self) -> list[Message]:
        return sorted(newest(self.shop.reader, 200), key=lambda row: row.id)

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@asynccontextmanager
async def telling(folder: Path, text: str = CONFIG, **people: NotificationPreferences) -> AsyncIterator[Telling]:
    clock = FakeClock(1_800_000_000_000_000)  # Friday, 15 January 2027, 09:00 in Paris
    async with open_shop(folder, clock, stocked=False) as shop:
        one = Telling(shop, clock, folder, text)
        await one.do(SetUser(DANA, "Dana", "manager", PIN))
        await one.do(SetUser(OMER, "Omer", "manager", OTHER_PIN))
        for user, prefs in (people or {DANA: MAIL}).items():
            await one.do(SetPreferences(user, prefs))
        await one.begin()
        try:
            yield one
        finally:
            one.part.close()
