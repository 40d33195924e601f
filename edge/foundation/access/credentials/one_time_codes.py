"""One-time codes: on paper from a manager (ten minutes), or sent by message (five).

A paper code lets its owner set a PIN and password, or replaces their second factor. A sent code is the second factor
for roles that use it. Wrong codes count as wrong attempts of the user's PIN (`pin_check.py`).
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import os
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.storage.database import Connection, blob
from edge.foundation.access.credentials.pin import matches
from edge.foundation.access.credentials.sent_codes import DAY_US, LIMITS

PAPER_US = 600_000_000
WRONG_MOST = 5
"""Wrong attempts that invalidate a sent six-digit code."""
PAPER_WRONG_MOST = 100
"""Wrong attempts that invalidate a code on paper. It has 40 bits and can't be guessed, so a stranger's few attempts
must not invalidate it."""
SENT_US = 300_000_000
AGAIN_US = 30_000_000
"""Shortest interval between two codes for a person."""
MANY = 100
"""Sent codes per day at which an alert is raised: half of the number that a shop may send."""

Send = Callable[[str, str], Awaitable[bool]]
"""Sends a person their code; returns whether it was sent."""


class Tell(Protocol):
    """Sends a user a notice, `notice_NAME` of [auth]. Returns whether a channel exists."""

    async def __call__(self, user: str, notice: str, **values: object) -> bool: ...


_PAPER = re.compile(r"[A-Z2-7]{8}")
_SENT = re.compile(r"[0-9]{6}")
_GIVEN = "SELECT hash FROM access_paper_code WHERE user_id = ? AND made_us > ? AND wrong < ?"
_TAKE = "DELETE FROM access_paper_code WHERE user_id = ?"
_WRONG_PAPER = "UPDATE access_paper_code SET wrong = wrong + 1 WHERE user_id = ?"
_NEWEST = """
    SELECT id, hash, made_us, wrong FROM access_sent_code WHERE user_id = ? AND hash <> x'' ORDER BY id DESC LIMIT 1
"""
_KEEP = "INSERT INTO access_sent_code (user_id, caller, hash, made_us, wrong) VALUES (?, ?, ?, ?, 0)"
_SPOIL = "UPDATE access_sent_code SET hash = x'' WHERE user_id = ?"


def count_sent(db: Connection, now_us: int) -> int:
    """Return the number of codes sent within a day."""
    found = db.execute("SELECT count(*) FROM access_sent_code WHERE made_us > ?", (now_us - DAY_US,)).fetchone()
    return int(found[0])


def new_paper() -> str:
    """Create a 40-bit paper code: XXXX-XXXX."""
    code = base64.b32encode(secrets.token_bytes(5)).decode()
    return f"{code[:4]}-{code[4:]}"


def plain(text: str) -> str:
    """Normalise a typed code."""
    return re.sub(r"[\s-]", "", text).upper()


class OneTimeCodes:
    """Sends and checks one-time codes. For the event loop's thread, one call at a time (ensured by
    `pin_check.PinCheck`)."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._key = os.urandom(32)
        """Key for the hashes of sent codes, renewed on restart. Without a key, a hash would reveal its six digits."""

    @staticmethod
    def is_paper(code: str) -> bool:
        return _PAPER.fullmatch(plain(code)) is not None

    async def is_right(self, user: str, code: str) -> bool:
        """Whether the code is the user's paper code. Too many wrong codes invalidate it."""
        row = (user, self._shop.now_us() - PAPER_US, PAPER_WRONG_MOST)
        found = self._shop.reader.execute(_GIVEN, row).fetchone()
        right = await asyncio.to_thread(matches, found[0], plain(code)) if found else False
        if found and not right:
            await self._shop.maintain(lambda db: db.execute(_WRONG_PAPER, (user,)))
        return right

    async def take(self, user: str, code: str) -> Refused | None:
        """Verify and consume a paper code."""
        if not await self.is_right(user, code):
            return Refused("factor_wrong")
        taken = await self._shop.maintain(lambda db: db.execute(_TAKE, (user,)).rowcount)
        if isinstance(taken, Refused):
            return taken
        return None if taken else Refused("factor_wrong")

    async def send(self, user: str, caller: str, send: Send) -> Refused:
        """Send a code within the limits; return the message for the waiting user."""
        now_us, code = self._shop.now_us(), f"{secrets.randbelow(1_000_000):06d}"
        db = self._shop.reader
        newest = db.execute(_NEWEST, (user,)).fetchone()
        if newest and 0 <= now_us - newest[2] < AGAIN_US:
            return Refused("factor_sent")
        for field, span_us, most in LIMITS:
            of = {"user_id": user, "caller": caller}.get(field)
            where = f"made_us > ? AND {field} = ?" if field else "made_us > ?"
            values = (now_us - span_us, of) if field else (now_us - span_us,)
            count = db.execute(f"SELECT count(*) FROM access_sent_code WHERE {where}", values).fetchone()
            if count[0] >= most:
                return Refused("factor_on_paper")
        if not await send(user, code):
            return Refused("factor_on_paper")
        row = (user, caller, blob(self._hash(user, code)), now_us)

        def keep(db: Connection) -> None:
            db.execute(_SPOIL, (user,))
            db.execute("DELETE FROM access_sent_code WHERE made_us < ?", (now_us - DAY_US,))
            db.execute(_KEEP, row)

        kept = await self._shop.maintain(keep)
        return kept if isinstance(kept, Refused) else Refused("factor_sent")

    async def check(self, user: str, code: str) -> Refused | None:
        """Verify and consume a sent code."""
        found = self._shop.reader.execute(_NEWEST, (user,)).fetchone()
        if found is None:
            return Refused("factor_wrong")
        id, hash, made_us, wrong = found
        in_time = 0 <= self._shop.now_us() - made_us < SENT_US
        right = in_time and hmac.compare_digest(hash, self._hash(user, plain(code)))
        spoilt = right or not in_time or wrong + 1 >= WRONG_MOST
        change = "hash = x''" if spoilt else "wrong = wrong + 1"
        query = f"UPDATE access_sent_code SET {change} WHERE id = ? AND hash = ?"
        used = await self._shop.maintain(lambda db: db.execute(query, (id, blob(hash))).rowcount)
        if isinstance(used, Refused):
            return used
        return None if right and used else Refused("factor_wrong")

    def _hash(self, user: str, code: str) -> bytes:
        return hmac.digest(self._key, f"{user} {code}".encode(), "sha256")
