"""Sessions of a shop: in a table, to survive restarts, and in memory for each request.

A session holds no rights: each request looks up the user. A session ends when its user is retired or gets a new role,
PIN or password. Times are stored as elapsed durations, so that changing the clock can't extend a session.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Refused, Surface
from edge.core.process.parts import TaskSet
from edge.core.storage.database import Connection, blob
from edge.foundation.access.browsers.session import DEVICE, DEVICES, LASTING, Session, SessionKind, digest, mark_of
from edge.foundation.access.queries import SET_UP, at_till
from edge.foundation.access.rights import anonymous_actor

SESSIONS_LIMIT = 512
"""Most sessions of all kinds. One more ends the one unused for longest."""
MANAGERS_LIMIT = 32
"""Most manager browsers at a time; also the limit of grants. One more ends the one unused for longest."""
TOUCHED_EVERY_S = 300.0
"""Shortest interval between writes of sessions' last use. Their start and end are written immediately."""

_READ = """
    SELECT id, kind, user_id, secret, mark, register, seat, label, network, day, begun_us, age_us, idle_us, entered_us,
        saved_us FROM access_session
"""
_SAVE = """
    INSERT OR REPLACE INTO access_session (id, kind, user_id, secret, mark, register, seat, label, network, day,
        begun_us, age_us, idle_us, entered_us, saved_us)
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    WHERE ?3 = ? OR EXISTS (SELECT 1 FROM access_user WHERE id = ?3 AND active)
"""


class Begun(msgspec.Struct, frozen=True):
    """A new session. `secret` is its browser token, `ended` the sessions that were ended to make room."""

    session: Session
    secret: str
    ended: tuple[Session, ...] = ()


class Sessions:
    """The sessions of a shop. `idle_us`: idle time at a till (0: unlimited); `day`: the business date; `selling`:
    whether a register has an open basket; `now_us`: the monotonic clock. For the event loop's thread."""

    def __init__(
        self,
        shop: CommandBus,
        idle_us: Callable[[], int],
        now_us: Callable[[], int],
        day: Callable[[], str] = lambda: "",
        selling: Callable[[str], bool] = lambda register: False,
    ) -> None:
        self._shop = shop
        self._db = shop.reader
        self._idle_us = idle_us
        self._now_us = now_us
        self._day = day
        self._selling = selling
        self._saver, self._toucher = TaskSet(2), TaskSet(1)
        self._changed: set[str] = set()
        """Sessions with unwritten changes."""
        self._of: dict[str, Session] = {}
        self._by_secret: dict[bytes, str] = {}
        self._by_register: dict[str, str] = {}
        self._load()

    # Till sessions

    def sign_in(self, register: str, user: str, seat: str = "", label: str = "", network: str = "") -> list[str]:
        """Sign in at a register, replacing its user and ending the new user's other till sessions; return those
        registers."""
        left = [one.register for one in self._tills() if one.user == user and one.register != register]
        for other in (*left, register):
            self.sign_out(other)
        self._put(self._new("till", user, b"", register, seat, label, network))
        return left

    def sign_out(self, register: str, seat: str | None = None) -> bool:
        """Sign out at a register; with `seat`, only in that browser. Returns whether a user was signed in."""
        found = self._of.get(self._by_register.get(register, ""))
        if found is None or seat not in (None, found.seat):
            return False
        self.end(found.id)
        return True

    def user(self, register: str, seat: str | None = None) -> str | None:
        """Return the signed-in user, in the browser `seat` if given. Doesn't count as activity."""
        found = self.at(register, seat)
        return found.user if found else None

    def at(self, register: str, seat: str | None = None) -> Session | None:
        """The session at a register, in the browser `seat` if given; None if there is none."""
        found = self.get(self._by_register.get(register, ""))
        return found if found and seat in (None, found.seat) else None

    def actor(self, register: str, surface: Surface = "cashier", seat: str | None = None, touch: bool = True) -> Actor:
        """Return the actor at a register, in the browser `seat`. Scanners act as the signed-in user. `touch`: counts as
        activity."""
        found = self.at(register, seat)
        if found is None or surface == "kiosk":
            return anonymous_actor(register, surface)
        if touch:
            self.touch(found)
        return at_till(self._db, found.user, surface, register)

    # Browser and API sessions

    def begin(self, kind: SessionKind, user: str, label: str = "", network: str = "", seat: str = "") -> Begun:
        """Start a session for an authenticated user; return it with its browser token."""
        secret = os.urandom(32).hex()
        made = self._new(kind, user, digest(secret), "", seat, label, network)
        ended = self._make_room(made)
        self._put(made)
        return Begun(made, secret, tuple(ended))

    def find_by_secret(self, secret: str, *kinds: SessionKind, touch: bool = True) -> Session | None:
        """Return the session of a `secret`. `touch`: counts as activity."""
        found = self.get(self._by_secret.get(digest(secret), "")) if secret else None
        if found is None or found.kind not in kinds:
            return None
        return self.touch(found) if touch else found

    # All sessions

    def touch(self, session: Session) -> Session:
        """Record activity."""
        touched = msgspec.structs.replace(session, touched_us=self._now_us())
        self._of[session.id] = touched
        if session.kind != "grant":
            self._changed.add(session.id)
            self._toucher.start(self._touching(), "uses of sessions")  # refused while one runs: it sees this one
        return touched

    def get(self, id: str) -> Session | None:
        """Return a valid session, or None."""
        found = self._of.get(id)
        if found is None:
            return None
        over = found.over(self._now_us(), self._idle_us()) or not found.mark or self._mark(found) != found.mark
        if over or (found.kind == "till" and found.day != self._day() and not self._selling(found.register)):
            self.end(id)
            return None
        return found

    def all(self, user: str | None = None) -> list[Session]:
        """Current sessions (of one user), newest last."""
        found = [one for id in list(self._of) if (one := self.get(id)) and one.kind != "grant"]
        return sorted((one for one in found if user in (None, one.user)), key=lambda one: one.began_us)

    def end(self, id: str) -> Session | None:
        """End a session, from the next request on, and return it; None if there is none."""
        found = self._of.pop(id, None)
        if found is None:
            return None
        self._by_secret.pop(found.secret, None)
        if self._by_register.get(found.register) == id:
            del self._by_register[found.register]
        self._save_soon(found)
        return found

    def end_all(self, user: str, but: str = "") -> list[Session]:
        """End all of a user's sessions except one."""
        ids = [one.id for one in self._of.values() if one.user == user and one.id != but]
        return [ended for id in ids if (ended := self.end(id)) and ended.kind != "grant"]

    async def stop(self) -> None:
        """Write pending changes."""
        await self._saver.stop()
        await self._toucher.stop()
        self._changed.update(id for id, one in self._of.items() if one.kind != "grant")
        await self._save()

    def _new(
        self, kind: SessionKind, user: str, secret: bytes, register: str, seat: str, label: str, network: str
    ) -> Session:
        now_us, mark = self._now_us(), mark_of(self._db, user, kind in ("manager", "grant"))
        at_us, id = self._shop.now_us(), os.urandom(8).hex()
        return Session(
            *(id, kind, user, secret, mark, register, seat, label[:60], network, self._day()),
            *(at_us, now_us, now_us, now_us),
        )

    def _mark(self, session: Session) -> str:
        return mark_of(self._db, session.user, session.kind in ("manager", "grant"))

    def _tills(self) -> list[Session]:
        return [one for one in self._of.values() if one.kind == "till"]

    def _make_room(self, made: Session) -> list[Session]:
        """End the least recently used session at the limit."""
        ended = []
        if made.kind in DEVICE:
            own = [one for one in self._of.values() if one.kind in DEVICE and one.user == made.user]
            ended += self._oldest(own, DEVICES)
        else:
            over = self._oldest([one for one in self._of.values() if one.kind == made.kind], MANAGERS_LIMIT)
            ended += over if made.kind != "grant" else []
        ended += self._oldest(list(self._of.values()), SESSIONS_LIMIT)
        return ended

    def _oldest(self, of: list[Session], most: int) -> list[Session]:
        over = sorted(of, key=lambda one: one.touched_us)[: max(0, len(of) + 1 - most)]
        return [ended for one in over if (ended := self.end(one.id))]

    def _put(self, session: Session) -> None:
        self._hold(session)
        self._save_soon(session)

    def _hold(self, session: Session) -> None:
        self._of[session.id] = session
        if session.secret:
            self._by_secret[session.secret] = session.id
        if session.kind == "till":
            self._by_register[session.register] = session.id

    def _save_soon(self, session: Session) -> None:
        if session.kind != "grant":
            self._changed.add(session.id)
            self._saver.start(self._saving(), "sessions")

    async def _saving(self) -> None:
        while self._changed and await self._save():
            pass

    async def _touching(self) -> None:
        await asyncio.sleep(TOUCHED_EVERY_S)
        await self._save()

    async def _save(self) -> bool:
        """Save changes. Returns False on a full disk, to retry later."""
        ids, self._changed = self._changed, set()
        now_us, at_us = self._now_us(), self._shop.now_us()
        rows = [_row(self._of[id], now_us, at_us) for id in ids if id in self._of]
        gone = [(id,) for id in ids if id not in self._of]

        def change(db: Connection) -> None:
            db.executemany("DELETE FROM access_session WHERE id = ?", gone)
            db.executemany("DELETE FROM access_refresh WHERE session_id = ?", gone)
            db.executemany(_SAVE, rows)

        if isinstance(await self._shop.maintain(change), Refused):
            self._changed |= ids
            return False
        return True

    def _load(self) -> None:
        """Load sessions after a restart with their age."""
        now_us, at_us = self._now_us(), self._shop.now_us()
        for row in self._db.execute(_READ).fetchall():
            who, (age_us, idle_us, entered_us, saved_us) = row[:11], row[11:]
            since_us = now_us - max(0, at_us - saved_us)
            if who[1] in LASTING:
                self._hold(Session(*(*who, since_us - age_us, since_us - idle_us, since_us - entered_us)))


def _row(one: Session, now_us: int, at_us: int) -> Iterable[object]:
    who = (one.id, one.kind, one.user, blob(one.secret), one.mark, one.register, one.seat, one.label, one.network)
    ages = (now_us - one.began_us, now_us - one.touched_us, now_us - one.entered_us)
    return (*who, one.day, one.begun_at_us, *ages, at_us, SET_UP)


def end_all_sessions(db: Connection) -> None:
    """End all sessions and codes after a restore, because later sign-outs and used codes aren't known."""
    for table in ("session", "refresh", "paper_code", "sent_code"):
        db.execute(f"DELETE FROM access_{table}")
