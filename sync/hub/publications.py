"""Publications: directives for many stores at once, approved by their exact content, sent in waves.

    draft -> waiting -> approved -> going -> done      an edit returns it to draft and withdraws approval
                     -> rejected          -> stopped   a stopped one continues once confirmed
             going, stopped or done -> going_back -> taken_back

Approval applies to the digest of content, recipients and time. The last editor can't approve, unless they're the
tenant's only person. `edge/app/head_office/hub_publications.py` runs the waves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from sync.hub import tenants
from sync.hub.rings import Gate
from sync.hub.tenants import NotTaken, Ring, Text
from sync.wire import Name

DIRECTIVES_MOST = 50
STORES_MOST = 5000
PAUSE_MOST_S = 14 * 24 * 3600
FIRST_MOST = 3
"""Maximum stores in the first wave: few enough to watch."""
AT_ONCE = ("recalls",)
"""Kinds sent to all stores at once."""
SOFTWARE, SETTINGS = "software", "settings"
"""The kinds of directives for releases and for settings of cashiers' pages."""
PRICES, ASSORTMENT, PROMOTIONS, CATALOGUE = "prices", "assortment", "promotions", "catalogue"
UNDONE = (SETTINGS, PRICES, ASSORTMENT, PROMOTIONS, CATALOGUE)
"""Kinds whose earlier values head office knows for each store and can restore."""
State = Literal["draft", "waiting", "approved", "rejected", "going", "stopped", "done", "going_back", "taken_back"]
Step = Literal["submit", "approve", "reject", "stop", "go-on", "take-back"]
Names = Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=STORES_MOST)]

STEPS: Mapping[Step, tuple[tuple[State, ...], State]] = {
    "submit": (("draft", "rejected"), "waiting"),
    "approve": (("waiting",), "approved"),
    "reject": (("waiting",), "rejected"),
    "stop": (("approved", "going"), "stopped"),
    "go-on": (("stopped",), "going"),
    "take-back": (("going", "stopped", "done"), "going_back"),
}
"""Each step's permitted states before it, and the state after it."""
EDITED: tuple[State, ...] = ("draft", "waiting", "approved", "rejected")
DECIDES: tuple[Step, ...] = ("approve", "reject", "stop", "go-on", "take-back")
"""Steps that need the right to approve."""
EXPLAINED: tuple[Step, ...] = ("reject", "go-on")
"""Steps that need a reason."""


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A directive of a publication."""

    kind: Name
    body: Any


class Publication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `PUT /v1/publications/{id}`.

    It has the directives in order, the stores and groups (null in both: all), the earliest time, and the observation
    time per wave. `first`: the stores of the first wave (null: any one). `back`: directives that undo it, if it has
    more than settings. `watched`: whether it stops when stores get worse, and at how many (`gate`). `urgent`: a single
    owner may approve it, even the author, and everyone is notified.
    """

    directives: Annotated[tuple[Planned, ...], msgspec.Meta(min_length=1, max_length=DIRECTIVES_MOST)]
    title: Text = ""
    stores: Names | None = None
    groups: Names | None = None
    from_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    pause_s: Annotated[int, msgspec.Meta(ge=0, le=PAUSE_MOST_S)] = 3600
    first: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=FIRST_MOST)] | None = None
    back: Annotated[tuple[Planned, ...], msgspec.Meta(max_length=DIRECTIVES_MOST)] = ()
    watched: bool = True
    gate: Gate = Gate()
    urgent: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its directives."""
        return tuple(sorted({planned.kind for planned in self.directives}))

    @property
    def lines(self) -> int:
        """The number of its items: prices, settings, products."""
        bodies = (planned.body.values() for planned in self.directives if isinstance(planned.body, dict))
        return sum(len(said) if isinstance(said, list) else 1 for values in bodies for said in values)

    @property
    def skips_waves(self) -> bool:
        """Whether all stores get it at once, as recalls don't wait."""
        return all(planned.kind in AT_ONCE for planned in self.directives)

    @property
    def leads_back(self) -> bool:
        """Whether it can be rolled back, by its own `back` or from the stores' earlier state known to head office."""
        return bool(self.back) or all(_is_undone(planned) for planned in self.directives)

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of everything except its title."""
        moment = self.from_at and self.from_at.astimezone(UTC)
        said: tuple[Any, ...] = (self.directives, self.stores, self.groups, moment, self.pause_s, self.first)
        said = (*said, self.back, self.watched)
        if self.gate != Gate() or self.urgent:  # without these newer fields, the digest is the same as before them
            said = (*said, self.gate, self.urgent)
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


_PLAIN: Mapping[str, frozenset[str]] = {
    PRICES: frozenset(("sku", "price_minor")),
    ASSORTMENT: frozenset(("sku", "listed", "group", "price_minor")),
}
PRODUCT_FIELDS = ("names", "category", "brand", "unit", "price_minor")
"""Fields of a product whose earlier values head office has."""
_OF_PRODUCT = frozenset(("sku", "codes", *PRODUCT_FIELDS))
"""Product fields that a rollback may involve.

Barcodes are included because new products have some. Those of an existing product aren't restored, which the store's
result says.
"""
UNDONE_MOST = 20_000
"""Maximum lines of a publication for which each store's earlier values are recorded."""


def _is_undone(planned: Planned) -> bool:
    """Whether head office can restore the earlier state.

    It can't for price lists, or for values that begin or end on another day.
    """
    if planned.kind == CATALOGUE:
        items = planned.body.get("products", ()) if isinstance(planned.body, dict) else ()
        return len(items) <= UNDONE_MOST and all(item.get("product", {}).keys() <= _OF_PRODUCT for item in items)
    if planned.kind not in UNDONE or planned.kind not in _PLAIN:
        return planned.kind in UNDONE
    items = planned.body.get(planned.kind, ()) if isinstance(planned.body, dict) else ()
    plain = _PLAIN[planned.kind]
    return len(items) <= UNDONE_MOST and all(item.keys() <= plain and item.get("sku") for item in items)


class Course(msgspec.Struct, frozen=True):
    """How a publication is rolled out, without its content; see `Publication`. `kinds`: the kinds of its directives."""

    kinds: tuple[str, ...]
    stores: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    first: tuple[str, ...] | None
    pause_s: int
    watched: bool
    gate: Gate

    @property
    def brings_software(self) -> bool:
        """Whether the publication delivers a software release.

        It's then judged by the boxes' health, and some may fail.
        """
        return SOFTWARE in self.kinds

    @property
    def skips_waves(self) -> bool:
        """Whether all its directives go to every store at once."""
        return set(self.kinds) <= set(AT_ONCE)


_PUT = """
    INSERT INTO publication (tenant, id, title, directives, reach, back, from_at, pause_s, watched, gate, urgent,
                             digest, made_by, kinds, lines, leads_back)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (tenant, id) DO UPDATE SET title = excluded.title, directives = excluded.directives,
        reach = excluded.reach, back = excluded.back, from_at = excluded.from_at, pause_s = excluded.pause_s,
        watched = excluded.watched, gate = excluded.gate, urgent = excluded.urgent, digest = excluded.digest,
        made_by = excluded.made_by, kinds = excluded.kinds, lines = excluded.lines,
        leads_back = excluded.leads_back, state = 'draft', decided_by = '', reason = '', cause = NULL,
        changed_at = excluded.changed_at
"""
REACHED = """
    SELECT store, ring FROM store_of_tenant
    WHERE tenant = $1 AND ($2::text[] IS NULL AND $3::text[] IS NULL OR store = ANY ($2) OR store_group = ANY ($3))
    ORDER BY store
"""
"""A publication's stores, directly and by group, with the ring of each."""
FIELDS = (
    "title, directives::text, reach::text, back::text, from_at, pause_s, watched, gate::text, urgent, digest, state"
)
"""The columns for `publication_of`, with digest and state."""
COURSE = "reach::text, from_at, pause_s, watched, gate::text, kinds::text, digest, state"
"""The columns for `course_of`, with start, digest and state."""
_GET = f"SELECT {FIELDS}, made_by, changed_at FROM publication WHERE tenant = $1 AND id = $2 FOR UPDATE"
_STEP = """
    UPDATE publication SET state = $3, decided_by = CASE WHEN $4 <> '' THEN $4 ELSE decided_by END, reason = $5,
                           cause = NULL, changed_at = now()
    WHERE tenant = $1 AND id = $2
"""
_SKIP = """
    UPDATE publication_store SET state = 'skipped', changed_at = now()
    WHERE tenant = $1 AND id = $2 AND state = 'failed'
"""
_PASS_UNREACHED = """
    UPDATE publication AS p SET wave_done_at = now()
    WHERE tenant = $1 AND id = $2 AND wave_done_at IS NULL AND NOT EXISTS (
        SELECT FROM publication_store AS one WHERE one.tenant = p.tenant AND one.id = p.id AND one.wave = p.wave
            AND one.state <> 'skipped')
"""
"""Mark a wave that reached no store as watched from now on, as there is nothing to wait for."""
_TELL = """
    INSERT INTO office_alert (tenant, kind, subject, mark, grave, said) VALUES ($1, 'urgent', $2, $3, true, $4)
    ON CONFLICT DO NOTHING
"""
_PEOPLE = "SELECT count(*) FROM staff_of_tenant($1)"
_EMAIL = "SELECT email FROM staff_of_tenant($1) WHERE 'person-' || person = $2"


def publication_of(row: Mapping[str, Any]) -> Publication:
    """A publication from a row of the table, with JSON columns as text."""
    directives, back = (msgspec.json.decode(row[name], type=tuple[Planned, ...]) for name in ("directives", "back"))
    reach = msgspec.json.decode(row["reach"])
    told = {name: row[name] for name in ("title", "from_at", "pause_s", "watched", "urgent")}
    gate = msgspec.json.decode(row["gate"])
    return msgspec.convert(told | reach | {"directives": directives, "back": back, "gate": gate}, Publication)


def course_of(row: Mapping[str, Any]) -> Course:
    """A rollout from a row read by `COURSE`."""
    told = {name: row[name] for name in ("pause_s", "watched")}
    objects = {name: msgspec.json.decode(row[name]) for name in ("kinds", "gate")}
    return msgspec.convert(told | objects | msgspec.json.decode(row["reach"]), Course)


async def put(
    connection: Any, tenant: str, id: str, wanted: Publication, who: str, seen: datetime | None = None
) -> bool:
    """Store a publication as a draft, within a transaction. Returns whether it's new; repeating it changes nothing.

    `seen`: the last change the editor saw. Raises `NotTaken` if the publication was sent, or changed by another person.
    """
    row = await connection.fetchrow(_GET, tenant, id)
    before = publication_of(row) if row else None
    if before == wanted:
        return False
    if row and seen is not None and row["changed_at"] != seen:
        text = "someone else changed it since you opened it: review their version, or save yours as a new one"
        by = await connection.fetchval(_EMAIL, tenant, row["made_by"]) or row["made_by"]
        raise NotTaken("publication_edited", text, who=by, at=row["changed_at"].isoformat())
    if row and row["state"] not in EDITED:
        raise NotTaken("publication_began", f"it is {row['state']}: create another one")
    said = (wanted.directives, {name: getattr(wanted, name) for name in ("stores", "groups", "first")}, wanted.back)
    objects = (msgspec.json.encode(one).decode() for one in said)
    gate = msgspec.json.encode(wanted.gate).decode()
    gates = (wanted.watched, gate, wanted.urgent)
    brief = (msgspec.json.encode(wanted.kinds).decode(), wanted.lines, wanted.leads_back)
    values = (wanted.title, *objects, wanted.from_at, wanted.pause_s, *gates, wanted.digest, who, *brief)
    await connection.execute(_PUT, tenant, id, *values)
    was = {"state": row["state"], "digest": row["digest"]} if row else None
    await tenants.log(connection, tenant, who, "publication", id, was, {"state": "draft", "digest": wanted.digest})
    return row is None


async def kinds_of(connection: Any, tenant: str, id: str) -> frozenset[str]:
    """The kinds of a publication's directives; empty if it doesn't exist."""
    row = await connection.fetchrow(_GET, tenant, id)
    return frozenset(planned.kind for planned in publication_of(row).directives) if row else frozenset()


async def take_step(
    connection: Any,
    tenant: str,
    id: str,
    step: Step,
    who: str,
    *,
    digest: str = "",
    reason: str = "",
    is_owner: bool = False,
) -> State | None:
    """Take a step, within a transaction. Returns the new state, or None if the publication doesn't exist.

    Raises `NotTaken` if the state doesn't permit the step, the publication changed since it was viewed, or it's the
    person's own (`is_owner`: permitted for urgent ones).
    """
    row = await connection.fetchrow(_GET, tenant, id)
    if row is None:
        return None
    allowed, state = STEPS[step]
    if step == "approve" and digest != row["digest"]:
        raise NotTaken("publication_changed", "it was changed: review it again, and approve the new digest")
    if row["state"] == state:
        return state  # a repeated request
    if row["state"] not in allowed:
        raise NotTaken(
            "publication_state", f"it is {row['state']} and can't {step.replace('-', ' ')}", state=row["state"]
        )
    if step in EXPLAINED and not reason.strip():
        raise NotTaken("publication_reason", f"to {step.replace('-', ' ')} needs a reason")
    if step == "approve":
        alone = is_owner and row["urgent"]
        if who == row["made_by"] and not alone and await connection.fetchval(_PEOPLE, tenant) > 1:
            raise NotTaken("publication_own", "its author can't approve it: someone else must")
    if step == "take-back" and not publication_of(row).leads_back:
        raise NotTaken("publication_no_way_back", "it has no way to be reverted: create another one")
    if step == "go-on":
        await connection.execute(_SKIP, tenant, id)
        await connection.execute(_PASS_UNREACHED, tenant, id)
    await connection.execute(_STEP, tenant, id, state, who if step in DECIDES else "", reason)
    if step == "approve" and row["urgent"]:
        by = await connection.fetchval(_EMAIL, tenant, who) or who
        said = msgspec.json.encode({"title": publication_of(row).title or id, "by": by}).decode()
        await connection.execute(_TELL, tenant, id, digest, said)
    own = {"own": True} if step == "approve" and who == row["made_by"] else {}
    was = {"state": row["state"]}
    await tenants.log(connection, tenant, who, "publication", id, was, {"state": state, "digest": row["digest"], **own})
    return state


def waves_of(
    stores: Sequence[str], first: Sequence[str] | None = None, rings: Mapping[str, Ring] | None = None
) -> list[tuple[str, int]]:
    """Return the wave of each store.

    The first wave has the stores of `first`, else the canaries, else a single store. The second has the early ring, or
    a tenth (rounded up) if there is none; the third has the rest. `rings`: the rings of stores that have one.
    """
    of = rings or {}
    named = [store for store in stores if store in (first or ())]
    named = named or [store for store in stores if of.get(store) == "canary"]
    named = named or sorted(stores, key=lambda store: of.get(store) == "rest")[:1]
    later = [store for store in stores if store not in named]
    early = {store for store in later if of.get(store) == "early"}
    open_ones = [store for store in later if not of.get(store)]
    early = early or set(open_ones[: -(-len(stores) // 10)])
    return [*((store, 0) for store in named), *((store, 1 if store in early else 2) for store in later)]
