"""Computes results of a publication in its stores from their boxes' reports, for many stores at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import msgspec

from sync.hub.causes import Cause

BEHIND = timedelta(hours=24)
"""A box that is offline for this long doesn't delay the others; it gets the directives when it is back. Neither does a
box pinned to a release."""
LOST = timedelta(hours=2)
"""A box that is silent for this long during an update counts as failed."""
_BOXES = """
    SELECT one.store, device.device, heard_at > $4 AS heard, (
               EXISTS (SELECT FROM software_update AS own WHERE own.tenant = device.tenant AND own.store = device.store
                   AND own.device = device.device AND own.directive = ANY (one.versions)
                   AND own.step IN ('asked', 'fetched', 'rehearsed'))
               AND EXISTS (SELECT FROM setting_override AS pin WHERE pin.tenant = device.tenant
                   AND pin.store = device.store AND pin.name = 'software.pinned_until'
                   AND pin.value #>> '{}' >= to_char(now(), 'YYYY-MM-DD'))) AS pinned,
           (SELECT count(*) FROM directive_outcome AS done WHERE done.tenant = device.tenant
                AND done.store = device.store AND done.device = device.device AND version = ANY (one.versions)
                AND (done.kind <> 'software' OR EXISTS (
                    SELECT FROM software_update AS own WHERE own.tenant = done.tenant AND own.store = done.store
                    AND own.device = done.device AND own.directive = done.version AND own.step = 'healthy'))) AS told,
           (SELECT min(jsonb_build_object('kind', done.kind, 'outcome', done.outcome,
                                          'why', done.reason || done.unknown)::text)
            FROM directive_outcome AS done
            WHERE done.tenant = device.tenant AND done.store = device.store AND done.device = device.device
                AND version = ANY (one.versions)
                AND (outcome <> 'applied' OR done.kind = 'settings' AND done.unknown <> '')) AS wrong,
           (SELECT min(jsonb_build_object('release', own.release, 'step', own.step, 'why', own.reason)::text)
            FROM software_update AS own
            WHERE own.tenant = device.tenant AND own.store = device.store AND own.device = device.device
                AND own.directive = ANY (one.versions) AND (own.step IN ('went_back', 'stuck', 'refused')
                     OR own.step = 'swapping' AND device.heard_at < now() - $5::interval)) AS ill
    FROM publication_store AS one JOIN device ON device.tenant = one.tenant AND device.store = one.store
    WHERE one.tenant = $1 AND one.id = $2 AND one.store = ANY ($3) AND barred = '' ORDER BY one.store, device.device
"""
_SAY = """
    UPDATE publication_store SET state = $4, reason = $5, versions = $6, cause = $7, changed_at = now()
    WHERE tenant = $1 AND store = $2 AND id = $3
"""


async def look(pool: Any, place: tuple[str, str], sent: Sequence[Any], now: datetime) -> dict[str, str]:
    """Return each store's state (`store`, `state`, `versions`): sent, applied, skipped or failed. Changes are saved.
    `place`: the tenant and publication id."""
    asked = [one for one in sent if one["versions"]]
    if not asked:
        return {}
    rows = await pool.fetch(_BOXES, *place, [one["store"] for one in asked], now - BEHIND, LOST)
    boxes = {shop: list(found) for shop, found in groupby(rows, lambda row: row["store"])}
    told = {one["store"]: _verdict(boxes.get(one["store"], ()), len(one["versions"])) for one in asked}
    news = [
        (one["store"], *told[one["store"]], one["versions"])
        for one in asked
        if told[one["store"]][0] not in ("sent", one["state"])
    ]
    await say(pool, place, news)
    return {shop: state for shop, (state, _) in told.items()}


async def say(pool: Any, place: tuple[str, str], news: Sequence[tuple[str, str, str | Cause, Sequence[int]]]) -> None:
    """Save stores' states with the reason (a code, or its cause) and directive numbers."""
    tenant, id = place
    rows = [
        (tenant, shop, id, state, _reason_text(why), list(versions), _cause_json(why))
        for shop, state, why, versions in news
    ]
    if rows:
        await pool.executemany(_SAY, rows)


def _reason_text(why: str | Cause) -> str:
    return (why if isinstance(why, str) else why.text)[:200]


def _cause_json(why: str | Cause) -> str | None:
    return None if isinstance(why, str) else why.json


def _verdict(boxes: Sequence[Any], wanted: int) -> tuple[str, str | Cause]:
    """Combined state of a store's boxes, and the reason: sent (one still pending), applied, skipped or failed."""
    for box in boxes:
        if box["wrong"] or box["ill"]:
            values = {"device": box["device"], **msgspec.json.decode(box["wrong"] or box["ill"])}
            return "failed", Cause("not_applied" if box["wrong"] else "software", values)
    late = [box for box in boxes if box["told"] < wanted]
    if not boxes:
        return "skipped", "no_box"
    if not late:
        return "applied", ""
    if any(box["heard"] and not box["pinned"] for box in late):
        return "sent", ""
    return "skipped", "pinned" if any(box["heard"] for box in late) else "behind"
