"""Pairings of a shop: local state, looked up on every request of a paired browser."""

from __future__ import annotations

import secrets

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.storage.database import Connection, blob
from edge.foundation.access.browsers.live_device import KioskDevice, Live, look_at_device
from edge.foundation.access.browsers.pairing import (
    BEFORE_US,
    NOTED_US,
    PAIRING_WAIT_US,
    Pairing,
    digest,
    is_due,
    look_up_pairing,
)
from edge.foundation.access.commands import EndPairing
from edge.foundation.access.logs.login_log import LoginLog
from edge.foundation.access.rights import system

ASKING_LIMIT = 16
"""Most pending pairing requests. One more drops the oldest, first from the same network."""

_FIELDS = ", ".join(Pairing.__struct_fields__)
_READ = f"SELECT {_FIELDS} FROM access_pairing WHERE id = ?"
_INSERT = f"INSERT INTO access_pairing ({_FIELDS}) VALUES ({', '.join('?' * len(Pairing.__struct_fields__))})"
_TOO_MANY = """
    DELETE FROM access_pairing WHERE id IN (
        SELECT id FROM access_pairing WHERE paired_us = 0 ORDER BY network = ? DESC, asked_us LIMIT 1
    ) AND (SELECT count(*) FROM access_pairing WHERE paired_us = 0) >= ?
"""
_PROMOTE = """
    UPDATE access_pairing SET before = secret, secret = next, next = x'', before_until_us = ?, rotated_us = ?
    WHERE id = ? AND next = ?
"""


def read_pairing(db: Connection, id: str) -> Pairing | None:
    """Return one pairing, or None."""
    found = db.execute(_READ, (id,)).fetchone()
    return Pairing(*found) if found else None


class Pairings:
    """Recognises browsers by cookie. For the event loop's thread."""

    def __init__(self, shop: CommandBus, log: LoginLog) -> None:
        self._shop = shop
        self._log = log
        self._seen: dict[str, tuple[str, int]] = {}
        """Last address of each browser, with the time."""
        self._moved_us: dict[str, int] = {}
        self._given: dict[str, str] = {}
        self._live: dict[str, Live] = {}
        self._twice_us: dict[str, int] = {}

    def exists(self, id: str) -> bool:
        """Whether a pairing is valid."""
        found = read_pairing(self._shop.reader, id)
        return found is not None and found.paired_us > 0

    async def ask(self, label: str, network: str) -> tuple[str, str] | Refused:
        """Request pairing: returns a cookie value, and the digits to show."""
        id, secret, now = secrets.token_hex(8), secrets.token_hex(32), self._shop.now_us()

        def change(db: Connection) -> str:
            db.execute("DELETE FROM access_pairing WHERE paired_us = 0 AND asked_us < ?", (now - PAIRING_WAIT_US,))
            db.execute(_TOO_MANY, (network, ASKING_LIMIT))
            taken = {row[0] for row in db.execute("SELECT digits FROM access_pairing WHERE paired_us = 0")}
            digits = next(text for _ in range(1000) if (text := f"{secrets.randbelow(10_000):04d}") not in taken)
            asking = Pairing(id, "", "", label, digits, network, now, 0, now, now, digest(secret), b"", b"", 0)
            values = msgspec.structs.astuple(asking)
            db.execute(_INSERT, [blob(value) if isinstance(value, bytes) else value for value in values])
            return digits

        digits = await self._shop.maintain(change)
        return digits if isinstance(digits, Refused) else (f"{id}.{secret}", digits)

    async def enter(self, cookie: str, address: str = "", agent: str = "") -> tuple[Pairing | None, str | None]:
        """Return the pairing (or request) of a cookie, and its new value if rotated. A copied cookie ends the pairing.
        A second address within an hour is only reported to managers, because networks reassign addresses. A kiosk is
        tied to one device (`live_device.py`): a second one is refused and reported."""
        id, _, value = cookie.partition(".")
        found = read_pairing(self._shop.reader, id)
        if found is None:
            return None, None
        now = self._shop.now_us()
        match look_up_pairing(found, value, now):
            case "wrong":
                return None, None
            case "copied":
                self._log.note("", "cookie", "copied", f"pairing:{id} {found.register}", address)
                await self._shop.do(EndPairing(id, "copied"), system("panel"))
                return None, None
            case "new" if self._is_second(found, KioskDevice(address, agent), now):
                return None, None
            case "new":
                await self._promote(found, now)
            case "good" if self._is_second(found, KioskDevice(address, agent), now):
                return None, None
            case "good" if is_due(found, value, now):
                self._look_where(found, address, now)
                return found, await self._next(found)
        self._look_where(found, address, now)
        if now - found.used_us >= NOTED_US:
            await self._shop.maintain(
                lambda db: db.execute("UPDATE access_pairing SET used_us = ? WHERE id = ?", (now, id))
            )
        return found, None

    def _is_second(self, pairing: Pairing, device: KioskDevice, now_us: int) -> bool:
        if pairing.kind != "kiosk" or not pairing.paired_us:
            return False
        before = self._live.get(pairing.id)
        live, second = look_at_device(before, device, now_us)
        self._live[pairing.id] = live
        if second or (before is not None and live.barred not in (None, before.barred)):
            told_us = self._twice_us.get(pairing.id, -NOTED_US)
            if now_us - told_us >= NOTED_US:
                self._twice_us[pairing.id] = now_us
                place = f"pairing:{pairing.id} {pairing.register}"
                self._log.note("", "cookie", "twice", place, device.address)
        return second

    def _look_where(self, pairing: Pairing, address: str, now_us: int) -> None:
        if not pairing.paired_us:
            return
        before, at_us = self._seen.get(pairing.id, (address, now_us))
        self._seen[pairing.id] = (address, now_us)
        told_us = self._moved_us.get(pairing.id, -NOTED_US)
        if before != address and now_us - at_us < NOTED_US and now_us - told_us >= NOTED_US:
            self._moved_us[pairing.id] = now_us
            self._log.note("", "cookie", "moved", f"pairing:{pairing.id} {pairing.register}", address)

    async def _promote(self, pairing: Pairing, now_us: int) -> None:
        self._given.pop(pairing.id, None)
        values = (now_us + BEFORE_US, now_us, pairing.id, blob(pairing.next))
        await self._shop.maintain(lambda db: db.execute(_PROMOTE, values))

    async def _next(self, pairing: Pairing) -> str:
        """Return the next value. It is the same for concurrent requests, whose answers may arrive in any order."""
        value = self._given.setdefault(pairing.id, secrets.token_hex(32))
        kept = (blob(digest(value)), pairing.id)
        await self._shop.maintain(lambda db: db.execute("UPDATE access_pairing SET next = ? WHERE id = ?", kept))
        return f"{pairing.id}.{value}"
