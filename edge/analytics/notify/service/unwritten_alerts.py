"""Alerts sent from memory: with a full disk there is no outbox, and people must still be notified."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import structlog

from edge.analytics.notify.audience import whom
from edge.analytics.notify.message_text import About, Said, compose
from edge.analytics.notify.push_subscriptions import read_browsers
from edge.analytics.notify.recipients import read_recipients, usable_channels
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import unwritten
from edge.foundation.outbox.service.channels.sender import Parcel, Sender
from edge.runtime.outgoing.faults import MaybeSent, Undelivered

_log = structlog.get_logger(__name__)
GRACE_US = 10_000_000
"""Time for which writing must fail before it's reported; a disk that is soon freed needs no alert."""
AGAIN_US = 60_000_000


class Told(msgspec.Struct, frozen=True):
    """A message sent from memory: recipient, channel, destination and content."""

    person: str
    channel: str
    to: str
    parcel: Parcel


class UnwrittenAlerts:
    """Notifies each person once per outage and channel; after a restart, it notifies them again."""

    def __init__(self, about: Callable[[str], About]) -> None:
        self._about = about
        self._since_us = 0
        self._done: set[tuple[str, str]] = set()
        self._next_us: dict[tuple[str, str], int] = {}

    def due(self, db: Connection, why: str | None, now_us: int, day: str) -> list[Told]:
        """The messages to send now. `why`: the reason the ledger can't be written; None: it can."""
        if not why:
            self._since_us, self._done, self._next_us = 0, set(), {}
            return []
        if not 0 < self._since_us <= now_us:  # just began, or the clock was set back
            self._since_us, self._next_us = now_us, {}
        alert = unwritten(why, self._since_us, db) if now_us - self._since_us >= GRACE_US else None
        if alert is None:
            return []
        people = {one.id: one for one in read_recipients(db, day)}
        found = []
        for person, channel in whom(alert, list(people.values()), usable_channels(db)):
            key = (person, channel)
            if key in self._done or now_us < self._next_us.get(key, 0):
                continue
            prefs = people[person].prefs
            made = compose(self._about(prefs.language), [Said("raised", alert)])
            parcel = Parcel(
                key=f"unwritten:{self._since_us}:{person}:{channel}",
                title=made.title,
                paragraphs=made.paragraphs,
                severity=made.severity,
                what="raised",
                language=prefs.language or self._about("").language,
                link=made.link,
                data={"number": 0, "title": made.title, "message": made.text, "severity": made.severity, "alerts": []},
            )
            to = prefs.address(channel)
            if channel == "push":
                to = msgspec.json.encode(read_browsers(db, person)).decode()
            found.append(Told(person, channel, to, parcel))
        return found

    async def send(self, senders: Mapping[str, Sender], told: Told, now_us: int) -> None:
        """Send a message; a failure is retried in a minute."""
        key = (told.person, told.channel)
        try:
            await senders[told.channel].send(told.parcel, told.to)
        except Undelivered as fault:
            self._next_us[key] = now_us + AGAIN_US
            _log.info("the full-disk alert couldn't be sent", channel=told.channel, why=str(fault))
            return
        except MaybeSent:
            pass  # it may have arrived: don't repeat it
        self._done.add(key)
