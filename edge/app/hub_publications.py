"""What sends publications: each wave of stores, once all boxes of the one before have done it, and its pause is over.

It runs with the relays of `hub_relay`, in one process at a time. Every step is a row and every directive has a request,
so that whoever goes on after a crash repeats nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from sync.hub.publications import Publication, publication_of, waves_of
from sync.hub.publishing import give_hint
from sync.hub.store import Store
from sync.hub.tenants import NotTaken
from sync.mqtt import BrokerConfig
from sync.wire import WireError

AT_ONCE = 50
"""Publications, and stores of one, that are looked at in one turn."""
BEHIND = timedelta(hours=24)
"""A box that was not heard of for so long holds nobody up: it takes the directives when it is back."""
_ON_THEIR_WAY = """
    SELECT tenant, id, title, directives::text, reach::text, from_at, pause_s, digest, state, wave, wave_done_at,
           now() AS now
    FROM publication WHERE state IN ('approved', 'going') ORDER BY changed_at, tenant, id LIMIT $1
"""
_STORES = """
    SELECT store FROM store_of_tenant
    WHERE tenant = $1 AND ($2::text[] IS NULL AND $3::text[] IS NULL OR store = ANY ($2) OR store_group = ANY ($3))
    ORDER BY store
"""
_PLAN = """
    INSERT INTO publication_store (tenant, store, id, wave) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_BEGIN = (
    "UPDATE publication SET state = 'going', changed_at = now() WHERE tenant = $1 AND id = $2 AND state = 'approved'"
)
_WAVE = """
    SELECT store, state, versions FROM publication_store WHERE tenant = $1 AND id = $2 AND wave = $3 ORDER BY store
"""
_SAY = """
    UPDATE publication_store SET state = $4, reason = $5, versions = $6, changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3
"""
_BOXES = """
    SELECT device, heard_at > $4 AS near,
           (SELECT count(*) FROM directive_outcome AS done WHERE done.tenant = device.tenant
                AND done.store = device.store AND done.device = device.device AND version = ANY ($3)) AS told,
           (SELECT min(done.kind || ': ' || done.outcome || ' ' || done.reason) FROM directive_outcome AS done
            WHERE done.tenant = device.tenant AND done.store = device.store AND done.device = device.device
                AND version = ANY ($3) AND outcome <> 'applied') AS wrong
    FROM device WHERE tenant = $1 AND store = $2 AND barred = '' ORDER BY device
"""
_LAST_WAVE = "SELECT max(wave) FROM publication_store WHERE tenant = $1 AND id = $2"
_STOP = """
    UPDATE publication SET state = 'stopped', reason = $3, changed_at = now()
    WHERE tenant = $1 AND id = $2 AND state IN ('approved', 'going')
"""
_WAVE_DONE = "UPDATE publication SET wave_done_at = now() WHERE tenant = $1 AND id = $2 AND wave_done_at IS NULL"
_NEXT = """
    UPDATE publication SET wave = $3, wave_done_at = NULL, changed_at = now()
    WHERE tenant = $1 AND id = $2 AND state = 'going'
"""
_DONE = """
    UPDATE publication SET state = 'done', changed_at = now() WHERE tenant = $1 AND id = $2 AND state = 'going'
"""


class PublicationRelay:
    """See the module (a `hub_relay.Relay`)."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._broker = broker

    async def turn(self) -> int:
        """Bring each publication a step on; how many directives that were."""
        told = 0
        for row in await self._store.pool.fetch(_ON_THEIR_WAY, AT_ONCE):
            try:
                wanted = publication_of(row)
            except msgspec.MsgspecError:  # of another release, or by hand: it ends alone, and no worker with it
                await self._store.pool.execute(_STOP, row["tenant"], row["id"], "it cannot be read")
                continue
            told += await self._advance(row, wanted)
        return told

    async def _advance(self, row: Any, wanted: Publication) -> int:
        place = (row["tenant"], row["id"])
        if row["state"] == "approved":
            if wanted.from_at is None or wanted.from_at <= row["now"]:
                await self._begin(place, wanted)
            return 0
        if wanted.digest != row["digest"]:
            await self._store.pool.execute(_STOP, *place, "it is not what was approved")
            return 0
        told = 0
        try:
            told = await self._send(place, wanted, row["wave"])
        except NotTaken:
            return told  # suspended, or at the day's limit: it waits
        await self._look(place, row)
        return told

    async def _begin(self, place: tuple[str, str], wanted: Publication) -> None:
        """Lay the stores of this moment into waves."""
        reach = [None if names is None else list(names) for names in (wanted.stores, wanted.groups)]
        stores = [store for (store,) in await self._store.pool.fetch(_STORES, place[0], *reach)]
        tenant, id = place
        await self._store.pool.executemany(_PLAN, [(tenant, store, id, wave) for store, wave in waves_of(stores)])
        await self._store.pool.execute(_BEGIN, *place)

    async def _send(self, place: tuple[str, str], wanted: Publication, wave: int) -> int:
        """Publish to those of a wave that have nothing yet."""
        told, known = 0, sha256(f"{place[1]} {wanted.digest}".encode()).hexdigest()[:40]
        found = await self._store.pool.fetch(_WAVE, *place, wave)
        for shop in [row["store"] for row in found if row["state"] == "waiting"][:AT_ONCE]:
            versions: list[int] = []
            state, reason = "sent", ""
            try:
                for at, planned in enumerate(wanted.directives):
                    body = msgspec.json.encode(planned.body)
                    request = f"publication-{known}-{at}"
                    versions.append(await self._store.publish(place[0], shop, planned.kind, body, request))
                await give_hint(self._store, self._broker, place[0], shop, versions[-1])
            except NotTaken as error:
                if not error.code.startswith("store_"):
                    raise
                state, reason = "skipped", error.code
            except WireError as error:
                state, reason = "failed", str(error)
            await self._say(place, shop, state, reason, versions)
            told += len(versions)
        return told

    async def _look(self, place: tuple[str, str], row: Any) -> None:
        """What came of this wave; stop where a box could not, go on where all did."""
        found = await self._store.pool.fetch(_WAVE, *place, row["wave"])
        states = [await self._state_of(place, one, row["now"]) for one in found]
        if failed := next((shop for shop, state in states if state == "failed"), None):
            await self._store.pool.execute(_STOP, *place, f"{failed} could not do it")
        elif all(state in ("applied", "skipped") for _, state in states):
            await self._go_on(place, row)

    async def _state_of(self, place: tuple[str, str], one: Any, now: datetime) -> tuple[str, str]:
        if one["state"] != "sent":
            return one["store"], one["state"]
        versions = list(one["versions"])
        boxes = await self._store.pool.fetch(_BOXES, place[0], one["store"], versions, now - BEHIND)
        state, reason = _verdict(boxes, len(versions))
        if state != "sent":
            await self._say(place, one["store"], state, reason, versions)
        return one["store"], state

    async def _go_on(self, place: tuple[str, str], row: Any) -> None:
        last = await self._store.pool.fetchval(_LAST_WAVE, *place)
        if last is None or row["wave"] >= last:
            await self._store.pool.execute(_DONE, *place)
        elif row["wave_done_at"] is None and row["pause_s"]:
            await self._store.pool.execute(_WAVE_DONE, *place)
        elif not row["pause_s"] or row["now"] - row["wave_done_at"] >= timedelta(seconds=row["pause_s"]):
            await self._store.pool.execute(_NEXT, *place, row["wave"] + 1)

    async def _say(self, place: tuple[str, str], shop: str, state: str, reason: str, versions: list[int]) -> None:
        await self._store.pool.execute(_SAY, place[0], shop, place[1], state, reason[:200], versions)


def _verdict(boxes: Sequence[Any], wanted: int) -> tuple[str, str]:
    """What a store's boxes come to, and why: sent (one is still at it), applied, skipped or failed."""
    if wrong := next((f"{box['device']}: {box['wrong']}" for box in boxes if box["wrong"]), None):
        return "failed", wrong
    late = [box for box in boxes if box["told"] < wanted]
    if not boxes:
        return "skipped", "no_box"
    if not late:
        return "applied", ""
    return ("sent", "") if any(box["near"] for box in late) else ("skipped", "behind")
