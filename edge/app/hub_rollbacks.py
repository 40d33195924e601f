"""What undoes a publication in a store: its settings as they were before it, where nobody changed them since; or what
it says itself. What a setting was is noted as it is sent, from head office's own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.backoffice.directives.kinds.settings import Settings
from sync.hub.publications import SETTINGS, Planned, Publication
from sync.hub.store import Store

_NOW = """
    SELECT DISTINCT ON (store, name) store, name, value::text, said_by FROM setting_override
    WHERE tenant = $1 AND store = ANY ($2) AND name = ANY ($3) ORDER BY store, name, since DESC
"""
HEAD_OFFICE = "head office"
Before = dict[str, dict[str, Any] | None]
"""By setting: its value, or null where the store's file held."""


def settings_of(wanted: Publication) -> dict[str, Any]:
    """The settings that it sets, the last word of each; None: cleared."""
    bodies = [planned.body for planned in wanted.directives if planned.kind == SETTINGS]
    every = [new for body in bodies for new in msgspec.convert(body, Settings).settings]
    return {new.name: None if new.cleared else {"value": new.value} for new in every}


async def before_of(store: Store, tenant: str, shops: Sequence[str], wanted: Publication) -> dict[str, Before]:
    """What each of its settings is in each of these stores, as far as head office knows."""
    names = list(settings_of(wanted))
    found = await _current_settings(store, tenant, shops, names)
    return {shop: {name: found[shop][name][0] if name in found[shop] else None for name in names} for shop in shops}


async def way_back(
    store: Store, tenant: str, shop: str, wanted: Publication, before: Before
) -> tuple[list[Planned], list[str]]:
    """What a store is sent to undo it, and which settings stay, as somebody else has changed them since."""
    ours = settings_of(wanted)
    said = (await _current_settings(store, tenant, [shop], list(ours)))[shop]
    kept = [name for name in ours if _is_others(said.get(name), ours[name], before.get(name))]
    items = [_undo_item(name, before.get(name)) for name in ours if name not in kept]
    settings = [Planned(SETTINGS, {"settings": items})] if items and not wanted.back else []
    return [*wanted.back, *settings], kept


async def _current_settings(
    store: Store, tenant: str, shops: Sequence[str], names: list[str]
) -> Mapping[str, Mapping[str, tuple[Any, str]]]:
    """By store and setting: its value, as of `Before`, and whose word it is."""
    found: dict[str, dict[str, tuple[Any, str]]] = {shop: {} for shop in shops}
    for row in await store.pool.fetch(_NOW, tenant, shops, names) if names else ():
        value = None if row["value"] is None else msgspec.json.decode(row["value"])
        found[row["store"]][row["name"]] = (None if value is None else {"value": value}, row["said_by"])
    return found


def _is_others(now: tuple[Any, str] | None, ours: Any, before: Any) -> bool:
    """Whether it is neither what was published nor (a box that has not taken it yet) what was before."""
    return now is not None and now[0] not in (ours, before)


def _undo_item(name: str, before: dict[str, Any] | None) -> dict[str, Any]:
    return {"name": name, "cleared": True} if before is None else {"name": name, **before}
