"""Preview of a publication: its changes in a store, as known to head office, and conflicting publications.

Read-only; approvers see it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from sync.hub.product_choice import Jump, first_jump
from sync.hub.publications import (
    ASSORTMENT,
    CATALOGUE,
    FIELDS,
    PRICES,
    PROMOTIONS,
    REACHED,
    SETTINGS,
    UNDONE,
    Planned,
    Publication,
    publication_of,
    waves_of,
)

LINES_MOST = 1000
"""Maximum changes to list; the total is counted anyway."""
OTHERS_MOST = 50
NAMED_MOST = 20
"""Maximum fields of another publication that a conflict names."""
JUMP_PERCENT = 20
"""Price change in percent above which it is listed separately."""
SHOWN_STORES = 20
"""Maximum stores that a preview names."""
Finding = Literal["", "same", "unknown", "price_jump", "below_cost", "kept"]
RESTORED = "restored"
"""The value of a product that is sold again; null if it's discontinued."""
FieldOf = tuple[str, str]
"""The kind of a directive, and its object: a setting, a product or a promotion."""

_OTHERS = f"""
    SELECT id, {FIELDS} FROM publication
    WHERE tenant = $1 AND id <> $2 AND state IN ('waiting', 'approved', 'going', 'stopped')
    ORDER BY changed_at DESC LIMIT {OTHERS_MOST}
"""
_PRICES = """
    SELECT DISTINCT ON (sku) sku, price_minor FROM product
    WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
"""
_COSTS = """
    SELECT DISTINCT ON (sku) sku, unit_cost_minor FROM stock_movement
    WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) AND unit_cost_minor > 0 ORDER BY sku, at DESC
"""
_PROMOTIONS = """
    SELECT DISTINCT ON (id) id, body::text FROM promotion
    WHERE tenant = $1 AND store = $2 AND id = ANY ($3) AND (until_at IS NULL OR until_at > now())
    ORDER BY id, from_at DESC
"""
PRODUCTS = """
    SELECT DISTINCT ON (sku) sku AS name,
           jsonb_build_object('names', names, 'category', coalesce(category, ''), 'brand', coalesce(brand, ''),
                              'unit', unit, 'price_minor', price_minor, 'retired', retired)::text AS value
    FROM product WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
"""
"""Reads products with `publications.PRODUCT_FIELDS`, and whether they're discontinued."""
_NAMES = """
    SELECT DISTINCT ON (sku) sku, names::text FROM product
    WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
"""
_ASSORTMENT = """
    SELECT DISTINCT ON (sku) sku, jsonb_build_object('listed', listed)::text FROM assortment
    WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
"""
_BOXES = "SELECT device, heard_at, app FROM device WHERE tenant = $1 AND store = $2 AND barred = '' ORDER BY device"
_OBJECTS = MappingProxyType({"promotions": _PROMOTIONS, "catalogue": PRODUCTS, "assortment": _ASSORTMENT})
"""Kinds whose complete earlier values head office has."""
_OF_PRODUCTS = ("prices", "catalogue", "assortment", "recalls")
"""Kinds whose fields begin with a SKU."""
_SETTINGS = "SELECT name, value::text FROM setting_override WHERE tenant = $1 AND store = $2 AND name = ANY ($3)"
_SENT = """
    SELECT store, before::text FROM publication_store
    WHERE tenant = $1 AND id = $2 AND state <> 'back' AND versions <> '{}' ORDER BY store
"""


class Change(msgspec.Struct, frozen=True):
    """A field's current and new value in a store.

    `was`: null if unknown, or set by the store's file. `cost`: for a price, the latest cost (minor units without tax;
    null: unknown). `kept`: another person has changed the field since, so the publication leaves it.
    """

    kind: str
    field: str
    was: Any
    now: Any
    finding: Finding = ""
    cost: int | None = None


class Box(msgspec.Struct, frozen=True):
    """A box of the store, with its version and last contact (the age of this data)."""

    device: str
    heard_at: datetime | None
    version: str


class Conflict(msgspec.Struct, frozen=True):
    """Another publication with different values for the same fields in `stores` stores.

    The one approved later wins. `fields`: the first of `count` fields.
    """

    publication: str
    title: str
    state: str
    stores: int
    count: int
    fields: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True):
    """A publication's preview for a store.

    `wave`: null if the store isn't reached, or none was named. `counts`: stores reached, and changes by finding.
    `reached`: the first stores reached. `boxes`: the named store's. `names`: product names for `changes`, by SKU and
    language.
    """

    digest: str
    wave: int | None
    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    conflicts: tuple[Conflict, ...]
    reached: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    names: Mapping[str, Mapping[str, str]] = {}


def fields_of(directives: Iterable[Planned]) -> dict[FieldOf, Any]:
    """Return the value of each field; the last one counts, and null means cleared or ended. Pure."""
    found: dict[FieldOf, Any] = {}
    for planned in directives:
        items = next(iter(planned.body.values()), None) if isinstance(planned.body, dict) else None
        if not isinstance(items, list):
            found[planned.kind, ""] = planned.body
            continue
        for item in items:
            name, value = _split_item(planned.kind, item)
            found[planned.kind, name] = value
    return found


def _split_item(kind: str, item: Any) -> tuple[str, Any]:
    """Split an item into its subject and its value."""
    match kind, item:
        case "settings", {"name": str(name)}:
            return name, None if item.get("cleared") else item.get("value")
        case "prices", {"price_minor": price}:
            of = item.get("sku") or f"code {item.get('code', '')}"
            more = (item.get("list", "store"), item.get("from_us"), item.get("until_us"))
            return of if more == ("store", None, None) else f"{of} {more[0]} {more[1] or ''}-{more[2] or ''}", price
        case "catalogue", {"product": {"sku": str(sku)} as product}:
            return sku, product
        case ("promotions", {"set": {"id": str(id)} as of}) | ("texts", {"text": {"id": str(id)} as of}):
            return id, of
        case "assortment", {"sku": str(sku)}:
            return sku, {name: value for name, value in item.items() if name != "sku"}
        case "recalls", {"sku": str(sku)}:
            return f"{sku} {item.get('lot', '')}", not item.get("lifted", False)
        case _, {"end": str(name)} | {"ended": str(name)} | {"retired": str(name)} | {"restored": str(name)}:
            return name, None if RESTORED not in item else RESTORED
    return msgspec.json.encode(item, order="sorted").decode()[:80], item


def differing(mine: Mapping[FieldOf, Any], theirs: Mapping[FieldOf, Any]) -> list[str]:
    """Return the fields whose values differ between the two. Pure."""
    return sorted(" ".join(one).strip() for one in mine.keys() & theirs.keys() if mine[one] != theirs[one])


def _differing(mine: Mapping[FieldOf, Any], other: Publication) -> list[str]:
    return differing(mine, fields_of(other.directives))


async def preview(connection: Any, tenant: str, id: str, shop: str) -> Preview | None:
    """Return the preview for a store, or for none if `shop` is empty. None if the publication doesn't exist."""
    row = await connection.fetchrow(f"SELECT {FIELDS} FROM publication WHERE tenant = $1 AND id = $2", tenant, id)
    if row is None:
        return None
    wanted = publication_of(row)
    said = await asyncio.to_thread(fields_of, wanted.directives)
    rings = await _reached_stores(connection, tenant, wanted)
    waves = dict.fromkeys(rings, 0) if wanted.skips_waves else dict(waves_of([*rings], wanted.first, rings))
    changes = await _changes(connection, tenant, shop, said) if shop in waves else []
    counts = {"stores": len(rings), "changes": len(changes)}
    for one in changes:
        if one.finding:
            counts[one.finding] = counts.get(one.finding, 0) + 1
    changes.sort(key=lambda one: (one.finding in ("", "same"), one.finding == "same"))
    boxes = await connection.fetch(_BOXES, tenant, shop) if shop in waves else []
    conflicts = await _conflicts(connection, tenant, id, said, {shop} if shop else set(rings))
    seen = (wanted.digest, waves.get(shop), tuple(changes[:LINES_MOST]), counts, tuple(conflicts))
    names = await _names(connection, tenant, shop, changes[:LINES_MOST])
    return Preview(*seen, tuple(rings)[:SHOWN_STORES], tuple(Box(*row) for row in boxes), names)


async def preview_back(connection: Any, tenant: str, id: str, shop: str) -> Preview | None:
    """Return the preview of a rollback, as `preview` does, for stores that received the publication."""
    row = await connection.fetchrow(f"SELECT {FIELDS} FROM publication WHERE tenant = $1 AND id = $2", tenant, id)
    if row is None:
        return None
    wanted = publication_of(row)
    sent = {one["store"]: one["before"] for one in await connection.fetch(_SENT, tenant, id)}
    changes: list[Change] = []
    if shop in sent and wanted.back:
        changes = await _changes(connection, tenant, shop, fields_of(wanted.back))
    elif shop in sent:
        changes = await _previous_values(connection, tenant, shop, wanted, msgspec.json.decode(sent[shop]))
    counts = {"stores": len(sent), "changes": len(changes), "kept": sum(one.finding == "kept" for one in changes)}
    boxes = await connection.fetch(_BOXES, tenant, shop) if shop in sent else []
    seen = (wanted.digest, None, tuple(changes[:LINES_MOST]), counts, ())
    names = await _names(connection, tenant, shop, changes[:LINES_MOST])
    return Preview(*seen, tuple(sent)[:SHOWN_STORES], tuple(Box(*row) for row in boxes), names)


async def _previous_values(
    connection: Any, tenant: str, shop: str, wanted: Publication, before: Mapping[str, Any]
) -> list[Change]:
    """Return the values before the publication, except those a person has changed since.

    `edge/app/head_office/hub_rollbacks.py` applies the same. `before`: the values recorded at sending, prices as
    prices/milk.
    """
    ours = fields_of(wanted.directives)
    places = [place.partition("/") if place.partition("/")[0] in UNDONE else (SETTINGS, "", place) for place in before]
    asked: dict[str, list[str]] = {}
    for kind, _, name in places:
        asked.setdefault(kind, []).append(name)
    known = await _read_known(connection, tenant, shop, asked)
    changes = []
    for (kind, _, name), was in zip(places, before.values(), strict=True):
        then = was and was["value"]
        said = _field_of(kind, name, ours)
        now = _now(kind, name, known)
        if now is not None and not is_same(kind, now, said) and not is_same(kind, now, then):
            shown = _said_part(now, said) if kind == CATALOGUE else now
            changes.append(Change(kind, name, shown, shown, "kept"))
        elif kind == CATALOGUE:
            changes.append(Change(kind, name, _said_part(now, said), _said_part(then, said)))
        elif kind != PRICES or then is not None:  # without a known price there is nothing to restore
            changes.append(Change(kind, name, now, True if kind == ASSORTMENT and was is None else then))
    return changes


def is_same(kind: str, now: Any, said: Any) -> bool:
    """Whether a store's value equals the published one.

    Start times that a box adds to promotions, and omitted defaults, don't matter.
    """
    if kind == CATALOGUE and now is not None:
        if said is None or said == RESTORED:
            return bool(now["retired"] is (said is None))
        return all(_is_same_field(name, now.get(name, value), value) for name, value in said.items())
    if kind != PROMOTIONS or now is None or said is None:
        return bool(now == said)
    return all(now.get(name, value) == value for name, value in said.items())


def _is_same_field(name: str, now: Any, said: Any) -> bool:
    """Whether a product has a published value; languages that weren't published don't matter."""
    if name == "names":
        return bool((said or {}).items() <= (now or {}).items())
    return bool(now == said)


def _said_part(product: Any, said: Any) -> Any:
    """Return the fields of a product that a publication sets, or whether the product is sold."""
    if product is None or not isinstance(said, dict):
        return None if product is None or product["retired"] else RESTORED
    return {name: product[name] for name in said if name in product}


def _field_of(kind: str, name: str, ours: Mapping[FieldOf, Any]) -> Any:
    """Return the published value of a field. A price may be in its range entry."""
    if kind == PRICES and (kind, name) not in ours:
        return ours[ASSORTMENT, name].get("price_minor")
    said = ours.get((kind, name))
    return said["listed"] if kind == ASSORTMENT and said else said


def _now(kind: str, name: str, known: _Known) -> Any:
    """The current value in the store, as known to head office."""
    if kind == SETTINGS:
        return known.settings.get(name)
    if kind == PRICES:
        return known.prices.get(name)
    found = known.objects.get((kind, name))
    return found["listed"] if kind == ASSORTMENT and found else found


async def decimal_jump(connection: Any, tenant: str, id: str) -> Jump | None:
    """The first price of a publication whose change in a store it reaches suggests a wrong decimal point."""
    row = await connection.fetchrow(f"SELECT {FIELDS} FROM publication WHERE tenant = $1 AND id = $2", tenant, id)
    if row is None:
        return None
    wanted = publication_of(row)
    said = await asyncio.to_thread(fields_of, wanted.directives)
    prices = {
        name: price
        for (kind, name), value in said.items()
        for price in [value if kind == PRICES else _price_in(kind, value)]
        if isinstance(price, int)
    }
    return await first_jump(connection, tenant, list(await _reached_stores(connection, tenant, wanted)), prices)


def _price_in(kind: str, value: Any) -> Any:
    """Return the price set by a range entry or a product."""
    return value.get("price_minor") if kind in (ASSORTMENT, CATALOGUE) and isinstance(value, dict) else None


async def _names(connection: Any, tenant: str, shop: str, changes: Sequence[Change]) -> Mapping[str, Mapping[str, str]]:
    """The names of the changes' products in a store, by SKU."""
    skus = [one.field.partition(" ")[0] for one in changes if one.kind in _OF_PRODUCTS]
    rows = await connection.fetch(_NAMES, tenant, shop, skus) if skus else []
    return {sku: msgspec.json.decode(text, type=dict[str, str]) for sku, text in rows}


async def _reached_stores(connection: Any, tenant: str, wanted: Publication) -> dict[str, Any]:
    reach = [None if names is None else list(names) for names in (wanted.stores, wanted.groups)]
    return {row["store"]: row["ring"] for row in await connection.fetch(REACHED, tenant, *reach)}


class _Known(msgspec.Struct, frozen=True):
    """Head office's knowledge of a store, by subject."""

    settings: Mapping[str, Any]
    prices: Mapping[str, int | None]
    costs: Mapping[str, int]
    objects: Mapping[FieldOf, Any]


async def _changes(connection: Any, tenant: str, shop: str, said: Mapping[FieldOf, Any]) -> list[Change]:
    asked = {kind: [name for of, name in said if of == kind] for kind in ("settings", "prices", *_OBJECTS)}
    known = await _read_known(connection, tenant, shop, asked)
    return [_change(kind, name, now, known) for (kind, name), now in said.items()]


async def _read_known(connection: Any, tenant: str, shop: str, asked: Mapping[str, Sequence[str]]) -> _Known:
    rows = await connection.fetch(_SETTINGS, tenant, shop, asked.get(SETTINGS, ()))
    settings = {row["name"]: row["value"] and msgspec.json.decode(row["value"]) for row in rows}
    prices = dict(await connection.fetch(_PRICES, tenant, shop, asked.get(PRICES, ())))
    costs = dict(await connection.fetch(_COSTS, tenant, shop, asked.get(PRICES, ())))
    objects = {
        (kind, name): msgspec.json.decode(text)
        for kind, query in _OBJECTS.items()
        for name, text in await connection.fetch(query, tenant, shop, asked.get(kind, ()))
    }
    return _Known(settings, prices, costs, objects)


def _change(kind: str, name: str, now: Any, known: _Known) -> Change:
    if kind == "settings":
        was = known.settings.get(name)
        return Change(kind, name, was, now, "same" if name in known.settings and was == now else "")
    if kind in _OBJECTS:
        before = known.objects.get((kind, name))
        if kind == CATALOGUE:
            part = _said_part(before, now)
            finding: Finding = "same" if before is not None and is_same(kind, before, now) else ""
            return Change(
                kind, name, part, now, finding or _of_price((before or {}).get("price_minor"), _price_in(kind, now))
            )
        return Change(kind, name, before, now, "same" if before is not None and before == now else "")
    if kind != "prices" or " " in name:
        return Change(kind, name, None, now)
    cost = known.costs.get(name)
    if isinstance(now, int) and cost is not None and now < cost:
        return Change(kind, name, known.prices.get(name), now, "below_cost", cost)
    if name not in known.prices:
        return Change(kind, name, None, now, "unknown", cost)
    was = known.prices[name]
    return Change(kind, name, was, now, _of_price(was, now), cost)


def _of_price(was: int | None, now: Any) -> Finding:
    if was is None or not isinstance(now, int):
        return ""
    if was == now:
        return "same"
    return "price_jump" if abs(now - was) * 100 > was * JUMP_PERCENT else ""


async def _conflicts(
    connection: Any, tenant: str, id: str, said: Mapping[FieldOf, Any], stores: set[str]
) -> Sequence[Conflict]:
    found = []
    for row in await connection.fetch(_OTHERS, tenant, id):
        try:
            other = publication_of(row)
        except msgspec.MsgspecError:
            continue  # written by another release, in a form this one can't read
        both = stores & (await _reached_stores(connection, tenant, other)).keys()
        if both and (fields := await asyncio.to_thread(_differing, said, other)):
            named = tuple(fields[:NAMED_MOST])
            found.append(Conflict(row["id"], other.title, row["state"], len(both), len(fields), named))
    return found
