"""Rolls publications out in waves. A wave starts after all boxes of the previous one have applied it and its pause is
over.

Runs with the relays of `hub_relay`, one process at a time. Each step is a row and each directive has a request id, so
nothing is repeated after a crash. A rollout stops if figures of stores that have received it get worse
(`sync/hub/rings.py`). Skipped or new stores receive it later. A rollback reaches every store that received it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from edge.app.head_office.hub_outcomes import look, say
from edge.app.head_office.hub_rollbacks import before_of, contents_of, way_back
from sync.hub.causes import Cause
from sync.hub.publications import (
    COURSE,
    FIELDS,
    REACHED,
    Course,
    Planned,
    Publication,
    course_of,
    publication_of,
    waves_of,
)
from sync.hub.publishing import give_hints
from sync.hub.rings import FIGURES, SIZES, Figures, Gate, halt_of, most_worse, too_few_well
from sync.hub.store import Store
from sync.hub.tenants import NotTaken
from sync.mqtt import BrokerConfig
from sync.wire import WireError

Written = tuple[str, bytes]
"""A directive to send: its kind and body."""
AT_ONCE = 50
"""Publications, and stores of each, to process per turn."""
LATE = timedelta(days=30)
"""Time within which a store that missed a completed publication still receives it. After that, its directives expire.
"""
_ON_THEIR_WAY = f"""
    SELECT tenant, id, {COURSE}, wave, wave_done_at, now() AS now
    FROM publication WHERE state IN ('approved', 'going', 'going_back') ORDER BY changed_at, tenant, id LIMIT $1
"""
_LATE = f"""
    SELECT p.tenant, id, {COURSE}, now() AS now FROM publication AS p
    WHERE state = 'done' AND changed_at > now() - $2::interval AND (
        EXISTS (SELECT FROM publication_store AS one WHERE one.tenant = p.tenant AND one.id = p.id
                AND (one.state IN ('waiting', 'sent') OR one.state = 'skipped'
                     AND (one.versions = '{{}}' OR one.reason IN ('behind', 'no_box', 'pinned'))))
        OR EXISTS (SELECT FROM store_record AS new WHERE new.tenant = p.tenant AND new.made_at > p.made_at
                   AND NOT EXISTS (SELECT FROM publication_store AS one WHERE one.tenant = p.tenant AND one.id = p.id
                                   AND one.store = new.store)))
    ORDER BY changed_at, p.tenant, id LIMIT $1
"""
_NEWER = """
    INSERT INTO publication_store (tenant, store, id, wave)
    SELECT record.tenant, record.store, $2, 2 FROM store_record AS record
    JOIN publication ON publication.tenant = record.tenant AND publication.id = $2
    WHERE record.tenant = $1 AND record.made_at > publication.made_at AND record.state NOT IN ('planned', 'closed')
      AND ($3::text[] IS NULL AND $4::text[] IS NULL OR record.store = ANY ($3) OR record.store_group = ANY ($4))
    ON CONFLICT DO NOTHING
"""
_REOPENED = """
    UPDATE publication_store AS one SET state = 'waiting', wave = (
        SELECT wave FROM publication WHERE publication.tenant = $1 AND publication.id = $2)
    WHERE tenant = $1 AND id = $2 AND state = 'skipped' AND versions = '{}' AND NOT EXISTS (
        SELECT FROM store_record AS record WHERE record.tenant = $1 AND record.store = one.store
            AND record.state IN ('paused', 'closed'))
"""
_BEHIND = """
    SELECT store, state, versions FROM publication_store
    WHERE tenant = $1 AND id = $2
        AND (state = 'skipped' AND reason IN ('behind', 'no_box', 'pinned') OR $3 AND state = 'sent')
"""
_OWED = """
    SELECT store, state, versions FROM publication_store
    WHERE tenant = $1 AND id = $2 AND state = 'waiting' ORDER BY store
"""
_WHOLE = f"SELECT {FIELDS} FROM publication WHERE tenant = $1 AND id = $2"
_WORSE = """
    UPDATE publication_store SET state = 'worse', reason = $4, cause = $5, changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3
"""
_SENT = """
    UPDATE publication_store SET state = 'sent', reason = '', cause = NULL, versions = $4, before = $5, sent_at = now(),
        changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3
"""
_TO_TAKE_BACK = """
    SELECT store, before::text FROM publication_store AS one
    WHERE tenant = $1 AND id = $2 AND state <> 'back' AND versions <> '{}'
    ORDER BY EXISTS (SELECT FROM store_record AS record WHERE record.tenant = one.tenant AND record.store = one.store
                     AND record.state IN ('paused', 'closed')), store
    LIMIT $3
"""
_TAKEN_BACK = """
    UPDATE publication_store SET state = 'back', reason = $4, cause = $5, changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3
"""
_ALL_BACK = """
    UPDATE publication SET state = 'taken_back', changed_at = now() WHERE tenant = $1 AND id = $2
"""
_PLAN = """
    INSERT INTO publication_store (tenant, store, id, wave) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_BEGIN = (
    "UPDATE publication SET state = 'going', changed_at = now() WHERE tenant = $1 AND id = $2 AND state = 'approved'"
)
_WAVE = """
    SELECT store, state, versions, reason FROM publication_store
    WHERE tenant = $1 AND id = $2 AND wave = $3 ORDER BY store
"""
_NEXT_WAVE = "SELECT min(wave) FROM publication_store WHERE tenant = $1 AND id = $2 AND wave > $3"
"""Query for the next wave. A wave without stores is skipped."""
_AWAY = ("behind", "no_box")
"""Reason recorded for a store that was skipped because it couldn't be reached."""
_UNREACHED = """
    UPDATE publication SET reason = $3, cause = $4, changed_at = now() WHERE tenant = $1 AND id = $2 AND reason <> $3
"""
_STOP = """
    UPDATE publication SET state = 'stopped', reason = $3, cause = $4, changed_at = now()
    WHERE tenant = $1 AND id = $2 AND state IN ('approved', 'going')
"""
_WAVE_DONE = "UPDATE publication SET wave_done_at = now() WHERE tenant = $1 AND id = $2 AND wave_done_at IS NULL"
_NEXT = """
    UPDATE publication SET wave = $3, wave_done_at = NULL, reason = '', cause = NULL, changed_at = now()
    WHERE tenant = $1 AND id = $2 AND state = 'going'
"""
_DONE = """
    UPDATE publication SET state = 'done', changed_at = now() WHERE tenant = $1 AND id = $2 AND state = 'going'
"""


class PublicationRelay:
    """Relay of publications; see the module (a `hub_relay.Relay`)."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._broker, self._unhinted = broker, dict[str, int]()

    async def turn(self) -> int:
        """Advance each publication by one step; return the number of directives."""
        told = 0
        for row in await self._store.pool.fetch(_ON_THEIR_WAY, AT_ONCE):
            try:
                course = course_of(row)
            except msgspec.MsgspecError:
                await self._stop((row["tenant"], row["id"]), Cause("unreadable"))
                continue
            try:
                told += await self._advance(row, course)
            finally:
                await self._hint(row["tenant"])
        for row in await self._store.pool.fetch(_LATE, AT_ONCE, LATE):
            try:
                told += await self._catch_up(row)
            finally:
                await self._hint(row["tenant"])
        return told

    async def _advance(self, row: Any, course: Course) -> int:
        place = (row["tenant"], row["id"])
        if row["state"] == "approved":
            if row["from_at"] is None or row["from_at"] <= row["now"]:
                await self._begin(place, course)
            return 0
        told = 0
        try:
            if row["state"] == "going_back":
                return await self._take_back(place)
            if course.watched and await self._is_halted(place, course.gate):
                return 0
            await self._store.pool.execute(_REOPENED, *place)
            told = await self._send(place, await self._store.pool.fetch(_WAVE, *place, row["wave"]))
        except NotTaken:  # suspended or at the daily limit: the rest waits, but what was sent is still evaluated
            if row["state"] == "going_back":
                return 0
        await self._are_back(place, row["now"])
        await self._look(place, row, course)
        return told

    async def _whole(self, place: tuple[str, str]) -> Publication | None:
        """Load a publication's content and verify it against the approved digest; None if it differs, which ends only
        this publication. It may be large, so it is loaded only for sending."""
        row = await self._store.pool.fetchrow(_WHOLE, *place)
        try:
            wanted = await asyncio.to_thread(_intact_publication, row)
        except msgspec.MsgspecError:  # written by another release, or edited by hand
            await self._stop(place, Cause("unreadable"))
            return None
        if wanted is None:
            await self._stop(place, Cause("changed"))
        return wanted

    async def _stop(self, place: tuple[str, str], cause: Cause) -> None:
        await self._store.pool.execute(_STOP, *place, cause.text[:200], cause.json)

    async def _catch_up(self, row: Any) -> int:
        """Send completed publications to stores that were offline or are new."""
        place = (row["tenant"], row["id"])
        try:
            course = course_of(row)
        except msgspec.MsgspecError:
            return 0
        await self._store.pool.execute(_NEWER, *place, *_reach_of(course))
        await self._store.pool.execute(_REOPENED, *place)
        await self._are_back(place, row["now"], sent_too=True)
        try:
            return await self._send(place, await self._store.pool.fetch(_OWED, *place))
        except NotTaken:
            return 0

    async def _are_back(self, place: tuple[str, str], now: datetime, sent_too: bool = False) -> None:
        """Check the results of stores that were offline (`sent_too`: including those that received it late). Stop the
        publication if one failed."""
        away = await self._store.pool.fetch(_BEHIND, *place, sent_too)
        for shop, state in (await look(self._store.pool, place, away, now)).items():
            if state == "failed":
                await self._stop(place, Cause("store_failed", store=shop))

    async def _is_halted(self, place: tuple[str, str], gate: Gate) -> bool:
        """Stop the publication if stores that received it perform worse than before. Returns whether it was stopped."""
        rows = await self._store.pool.fetch(FIGURES, *place, LATE)
        sizes = {row["wave"]: row["n"] for row in await self._store.pool.fetch(SIZES, *place)}
        rings = [sizes.get(ring, 0) for ring in range(max(sizes, default=-1) + 1)]
        halt = halt_of([Figures(**dict(row)) for row in rows], rings, gate)
        if halt is None:
            return False
        for shop, cause in halt.stores:
            await self._store.pool.execute(_WORSE, place[0], shop, place[1], cause.text[:200], cause.json)
        await self._stop(place, halt.cause)
        return True

    async def _take_back(self, place: tuple[str, str]) -> int:
        """Undo the publication in each store that received it. Paused stores undo it when they reopen."""
        found = await self._store.pool.fetch(_TO_TAKE_BACK, *place, AT_ONCE)
        if not found:
            await self._store.pool.execute(_ALL_BACK, *place)
            return 0
        wanted = await self._whole(place)
        if wanted is None:
            return 0
        told, said = 0, contents_of(wanted)
        for row in found:
            before = msgspec.json.decode(row["before"])
            planned, kept = await way_back(self._store, place[0], row["store"], said, before)
            planned = [*wanted.back] or planned
            try:
                told += len(
                    await self._publish(place, row["store"], _encode_directives(planned), f"back-{wanted.digest}")
                )
            except NotTaken as error:
                if not error.code.startswith("store_"):
                    raise
                continue
            cause = Cause("kept", {"names": ", ".join(kept)[:200]}) if kept else None
            why = (cause.text, cause.json) if cause else ("", None)
            await self._store.pool.execute(_TAKEN_BACK, place[0], row["store"], place[1], *why)
        return told

    async def _begin(self, place: tuple[str, str], course: Course) -> None:
        """Assign the current stores to waves."""
        found = await self._store.pool.fetch(REACHED, place[0], *_reach_of(course))
        rings = {row["store"]: row["ring"] for row in found}
        tenant, id = place
        laid = [(store, 0) for store in rings] if course.skips_waves else waves_of([*rings], course.first, rings)
        await self._store.pool.executemany(_PLAN, [(tenant, store, id, wave) for store, wave in laid])
        await self._store.pool.execute(_BEGIN, *place)

    async def _send(self, place: tuple[str, str], found: Sequence[Any]) -> int:
        """Publish to stores that haven't received it."""
        shops = [row["store"] for row in found if row["state"] == "waiting"][:AT_ONCE]
        wanted = await self._whole(place) if shops else None
        if wanted is None:
            return 0
        told, directives = 0, _encode_directives(wanted.directives)
        said = contents_of(wanted) if wanted.leads_back else {}
        for shop in shops:
            before = await before_of(self._store, place[0], shop, said)
            try:
                versions = await self._publish(place, shop, directives, wanted.digest)
            except NotTaken as error:
                if not error.code.startswith("store_"):
                    raise
                await say(self._store.pool, place, [(shop, "skipped", error.code, [])])
            except WireError as error:
                await say(self._store.pool, place, [(shop, "failed", str(error), [])])
            else:
                noted = msgspec.json.encode(before).decode()
                await self._store.pool.execute(_SENT, place[0], shop, place[1], versions, noted)
                told += len(versions)
        return told

    async def _publish(self, place: tuple[str, str], shop: str, written: Sequence[Written], of: str) -> list[int]:
        """Publish to a store. Returns the directive numbers, which are the same on repeats. Raises like
        `Store.publish`."""
        known = sha256(f"{place[1]} {of}".encode()).hexdigest()[:40]
        asked = [(kind, body, f"publication-{known}-{at}") for at, (kind, body) in enumerate(written)]
        versions = await self._store.publish_in_order(place[0], shop, asked)
        if versions:
            self._unhinted[shop] = versions[-1]
        return versions

    async def _hint(self, tenant: str) -> None:
        """Notify the boxes of stores with new directives, over one connection."""
        newest, self._unhinted = self._unhinted, {}
        await give_hints(self._store, self._broker, tenant, newest)

    async def _look(self, place: tuple[str, str], row: Any, course: Course) -> None:
        """Evaluate this wave. Stop on a failure (for a release: several), and continue when all stores succeed."""
        found = await self._store.pool.fetch(_WAVE, *place, row["wave"])
        sent = [one for one in found if one["state"] == "sent"]
        if await look(self._store.pool, place, sent, row["now"]):
            found = await self._store.pool.fetch(_WAVE, *place, row["wave"])
        failed = [one["store"] for one in found if one["state"] == "failed"]
        most = most_worse(row["wave"], len(found), course.gate) if course.brings_software else 1
        if failed and len(failed) >= min(most, len(found)):
            await self._stop(place, Cause("store_failed", store=failed[0], others=len(failed) - 1))
        elif all(one["state"] in ("applied", "skipped", "worse", "failed") for one in found):
            if course.brings_software and not await self._is_ring_well(place, row, found):
                return
            await self._go_on(place, row, course)

    async def _is_ring_well(self, place: tuple[str, str], row: Any, found: Sequence[Any]) -> bool:
        """Whether a completed ring permits a release to continue. If too few stores are healthy, or the first ring
        reached none, it waits for a person; later rings wait for an owner."""
        states = [one["state"] for one in found]
        if why := too_few_well(states.count("applied"), states.count("failed")):
            await self._stop(place, why)
            return False
        is_away = bool(found) and all(state == "skipped" for state in states)
        if is_away and row["wave_done_at"] is None and any(one["reason"] in _AWAY for one in found):
            cause = Cause("unreached")
            await self._store.pool.execute(_UNREACHED, *place, cause.text, cause.json)
            return False
        return True

    async def _go_on(self, place: tuple[str, str], row: Any, course: Course) -> None:
        """Start the next wave after the observation time. Software is also observed after its last wave."""
        following = await self._store.pool.fetchval(_NEXT_WAVE, *place, row["wave"])
        is_last, pause_s = following is None, row["pause_s"]
        if pause_s and (course.brings_software or not is_last):
            if row["wave_done_at"] is None:
                await self._store.pool.execute(_WAVE_DONE, *place)
                return
            if row["now"] - row["wave_done_at"] < timedelta(seconds=pause_s):
                return
        if is_last:
            await self._store.pool.execute(_DONE, *place)
        else:
            await self._store.pool.execute(_NEXT, *place, following)


def _intact_publication(row: Any) -> Publication | None:
    """Return a publication if it matches its digest, otherwise None."""
    wanted = publication_of(row)
    return wanted if wanted.digest == row["digest"] else None


def _reach_of(course: Course) -> list[list[str] | None]:
    """The publication's stores and groups for SQL."""
    return [None if names is None else list(names) for names in (course.stores, course.groups)]


def _encode_directives(planned: Sequence[Planned]) -> list[Written]:
    """Kind and encoded body of each directive."""
    return [(one.kind, msgspec.json.encode(one.body)) for one in planned]
