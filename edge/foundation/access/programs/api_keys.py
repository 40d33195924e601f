"""API keys of a shop: local state, looked up on every request with a key."""

from __future__ import annotations

import asyncio

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Refused, Surface
from edge.core.process.parts import TaskSet
from edge.core.storage.database import Connection, blob
from edge.foundation.access.programs.api_key import ApiKey, KeyState, hour_of, is_secret, parse, state
from edge.foundation.access.queries import held_rights, read_key, role_of

SAVED_EVERY_S = 300.0
"""Shortest interval between writes of keys' last use."""

_FIELDS = ApiKey.__struct_fields__
_INSERT = f"INSERT INTO access_key ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"
_END = "UPDATE access_key SET ended = 1 WHERE id = ?"
_USED = "UPDATE access_key SET used_us = ?, network = ? WHERE id = ?"


def insert(db: Connection, key: ApiKey) -> None:
    """Insert a new key."""
    values = msgspec.structs.asdict(key)
    values |= {"rights": msgspec.json.encode(key.rights).decode(), "secret": blob(key.secret), "ended": int(key.ended)}
    db.execute(_INSERT, tuple(values.values()))


class ApiKeys:
    """Authenticates programs by key. For the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._saver = TaskSet(1)
        self._used: dict[str, tuple[int, str]] = {}
        """Last uses that haven't been written yet."""

    async def enter(self, text: str, network: str) -> ApiKey | Refused:
        """Return the key for `text`, or the reason why it is rejected."""
        parsed = parse(text)
        found = read_key(self._shop.reader, parsed[0]) if parsed else None
        if parsed is None or found is None or not is_secret(found, parsed[1]):
            return Refused("key_wrong")
        if self._state(found) != "good":
            await self._shop.heartbeat()  # the clock was last checked at the last commit, maybe long ago
        match self._state(found):
            case "suspect":
                return Refused("clock_suspect")
            case "ended":
                if not found.ended:  # recorded, or setting the clock back would make the key valid again
                    await self._shop.maintain(lambda db: db.execute(_END, (found.id,)))
                return Refused("key_ended")
        if not held_rights(self._shop.reader, found):
            return Refused("key_stopped")
        self._note(found, hour_of(self._shop.now_us()), network)
        return found

    def actor(self, id: str, surface: Surface, register: str) -> Actor | None:
        """Return the actor with a key's current rights; None if it was revoked since the request began."""
        db = self._shop.reader
        key = read_key(db, id)
        if key is None or key.ended:
            return None
        role = role_of(db, key.maker)
        return Actor(key.actor, surface, register, held_rights(db, key), "", role.limits if role else (), program=True)

    async def stop(self) -> None:
        """Write pending changes."""
        await self._saver.stop()
        await self._save()

    def _state(self, key: ApiKey) -> KeyState:
        return state(key, self._shop.now_us(), self._shop.doubt_of_clock is not None)

    def _note(self, key: ApiKey, hour_us: int, network: str) -> None:
        if (hour_us, network) != self._used.get(key.id, (key.used_us, key.network)):
            self._used[key.id] = (hour_us, network)
            self._saver.start(self._saving(), "last uses of keys")  # refused while one runs, which includes this change

    async def _saving(self) -> None:
        while self._used:
            await self._save()
            await asyncio.sleep(SAVED_EVERY_S)

    async def _save(self) -> None:
        if not self._used:
            return
        used, self._used = self._used, {}
        rows = [(hour_us, network, id) for id, (hour_us, network) in used.items()]
        await self._shop.maintain(lambda db: db.executemany(_USED, rows))
