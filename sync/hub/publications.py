"""Publications: what is published to many stores at once, with somebody's yes to exactly that, and in waves.

    draft -> waiting -> approved -> going -> done      an edit goes back to draft, and takes the yes back
                     -> rejected          -> stopped   one that was stopped goes on by a yes
             going, stopped or done -> going_back -> taken_back

The yes is to the digest of all that is sent, to whom and when. Whoever wrote last does not say yes, but where nobody
else belongs to the tenant. What runs the waves: `edge/app/hub_publications.py`.
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
"""Stores that go first: few enough to be looked at."""
AT_ONCE = ("recalls",)
"""Kinds that go to all stores at once."""
SOFTWARE, SETTINGS = "software", "settings"
"""The kind that is a release, and the one that cashiers' pages are set by."""
PRICES, ASSORTMENT, PROMOTIONS = "prices", "assortment", "promotions"
UNDONE = (SETTINGS, PRICES, ASSORTMENT, PROMOTIONS)
"""Kinds of which head office knows what each store had before, and gives that back."""
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
"""From which states each step leads to which."""
EDITED: tuple[State, ...] = ("draft", "waiting", "approved", "rejected")
DECIDES: tuple[Step, ...] = ("approve", "reject", "stop", "go-on", "take-back")
"""What wants the right to approve."""
EXPLAINED: tuple[Step, ...] = ("reject", "go-on")
"""What is not done without a reason."""


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One directive of a publication."""

    kind: Name
    body: Any


class Publication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /v1/publications/{id}`: what each store is sent, in order; which stores and groups (null in both: all), not
    before when, and how long each wave is watched before the next. `first`: the stores of the first wave (null: any
    one); `back`: what undoes it, where that is more than settings; `watched`: whether it stops as stores get worse, and
    at how many (`gate`); `urgent`: an owner alone may say yes, also whoever wrote it, and all are told."""

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
        """Of which kinds its directives are, each once."""
        return tuple(sorted({planned.kind for planned in self.directives}))

    @property
    def lines(self) -> int:
        """How many things it says: prices, settings, products."""
        bodies = (planned.body.values() for planned in self.directives if isinstance(planned.body, dict))
        return sum(len(said) if isinstance(said, list) else 1 for values in bodies for said in values)

    @property
    def skips_waves(self) -> bool:
        """Whether all stores get it at once: what takes goods off the shelves waits for nobody."""
        return all(planned.kind in AT_ONCE for planned in self.directives)

    @property
    def leads_back(self) -> bool:
        """Whether it can be taken back: by what it says itself, or as head office knows what each store had before."""
        return bool(self.back) or all(_is_undone(planned) for planned in self.directives)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it but its title, hexadecimal."""
        moment = self.from_at and self.from_at.astimezone(UTC)
        said: tuple[Any, ...] = (self.directives, self.stores, self.groups, moment, self.pause_s, self.first)
        said = (*said, self.back, self.watched)
        if self.gate != Gate() or self.urgent:  # one of before there were these keeps the digest it has
            said = (*said, self.gate, self.urgent)
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


_PLAIN: Mapping[str, frozenset[str]] = {
    PRICES: frozenset(("sku", "price_minor")),
    ASSORTMENT: frozenset(("sku", "listed", "group", "price_minor")),
}
UNDONE_MOST = 20_000
"""Lines of a publication of which it is noted what each store had."""


def _is_undone(planned: Planned) -> bool:
    """Whether head office can give back what a store had. What is of a list, or begins or ends on another day, has
    nothing before it that would be given back."""
    if planned.kind not in UNDONE or planned.kind not in _PLAIN:
        return planned.kind in UNDONE
    items = planned.body.get(planned.kind, ()) if isinstance(planned.body, dict) else ()
    plain = _PLAIN[planned.kind]
    return len(items) <= UNDONE_MOST and all(item.keys() <= plain and item.get("sku") for item in items)


class Course(msgspec.Struct, frozen=True):
    """What says how a publication goes, without what it says: see `Publication`. `kinds`: of its directives."""

    kinds: tuple[str, ...]
    stores: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    first: tuple[str, ...] | None
    pause_s: int
    watched: bool
    gate: Gate

    @property
    def brings_software(self) -> bool:
        """Whether it goes by how boxes are with a release, of which some may fail."""
        return SOFTWARE in self.kinds

    @property
    def skips_waves(self) -> bool:
        """As of a `Publication`."""
        return set(self.kinds) <= set(AT_ONCE)


_PUT = """
    INSERT INTO publication (tenant, id, title, directives, reach, back, from_at, pause_s, watched, gate, urgent,
                             digest, made_by, kinds, lines, leads_back)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (tenant, id) DO UPDATE SET title = excluded.title, directives = excluded.directives,
        reach = excluded.reach, back = excluded.back, from_at = excluded.from_at, pause_s = excluded.pause_s,
        watched = excluded.watched, gate = excluded.gate, urgent = excluded.urgent, digest = excluded.digest,
        made_by = excluded.made_by, kinds = excluded.kinds, lines = excluded.lines,
        leads_back = excluded.leads_back, state = 'draft', decided_by = '', reason = '', changed_at = now()
"""
REACHED = """
    SELECT store, ring FROM store_of_tenant
    WHERE tenant = $1 AND ($2::text[] IS NULL AND $3::text[] IS NULL OR store = ANY ($2) OR store_group = ANY ($3))
    ORDER BY store
"""
"""The stores of a publication, of its stores and groups, and the ring of each."""
FIELDS = (
    "title, directives::text, reach::text, back::text, from_at, pause_s, watched, gate::text, urgent, digest, state"
)
"""What `publication_of` reads, and its digest and state."""
COURSE = "reach::text, from_at, pause_s, watched, gate::text, kinds::text, digest, state"
"""What `course_of` reads, and when it begins, its digest and state."""
_GET = f"SELECT {FIELDS}, made_by, changed_at FROM publication WHERE tenant = $1 AND id = $2 FOR UPDATE"
_STEP = """
    UPDATE publication SET state = $3, decided_by = CASE WHEN $4 <> '' THEN $4 ELSE decided_by END, reason = $5,
                           changed_at = now()
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
"""A wave of which nobody was reached waits no more: it counts as watched from now on."""
_TELL = """
    INSERT INTO office_alert (tenant, kind, subject, mark, grave, said) VALUES ($1, 'urgent', $2, $3, true, $4)
    ON CONFLICT DO NOTHING
"""
_PEOPLE = "SELECT count(*) FROM staff_of_tenant($1)"
_EMAIL = "SELECT email FROM staff_of_tenant($1) WHERE 'person-' || person = $2"


def publication_of(row: Mapping[str, Any]) -> Publication:
    """A row of the table, its objects as text."""
    directives, back = (msgspec.json.decode(row[name], type=tuple[Planned, ...]) for name in ("directives", "back"))
    reach = msgspec.json.decode(row["reach"])
    told = {name: row[name] for name in ("title", "from_at", "pause_s", "watched", "urgent")}
    gate = msgspec.json.decode(row["gate"])
    return msgspec.convert(told | reach | {"directives": directives, "back": back, "gate": gate}, Publication)


def course_of(row: Mapping[str, Any]) -> Course:
    """The same of what `COURSE` reads."""
    told = {name: row[name] for name in ("pause_s", "watched")}
    objects = {name: msgspec.json.decode(row[name]) for name in ("kinds", "gate")}
    return msgspec.convert(told | objects | msgspec.json.decode(row["reach"]), Course)


async def put(
    connection: Any, tenant: str, id: str, wanted: Publication, who: str, seen: datetime | None = None
) -> bool:
    """Write a publication, which is a draft then; whether it is new. The same again changes nothing. Within a
    transaction. `seen`: when it was changed last, as whoever edited it saw it. `NotTaken`: it is on its way, or was
    changed by somebody else since then."""
    row = await connection.fetchrow(_GET, tenant, id)
    before = publication_of(row) if row else None
    if before == wanted:
        return False
    if row and seen is not None and row["changed_at"] != seen:
        text = "somebody else changed it since you opened it: look at theirs, or write yours as another one"
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
    """Of which kinds a publication's directives are; none: there is no such publication."""
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
    """The state behind a step; None: there is no such publication. Within a transaction. `NotTaken`: it is not in a
    state for it, was changed since it was looked at, or is one's own (`is_owner`: of an urgent one it may be)."""
    row = await connection.fetchrow(_GET, tenant, id)
    if row is None:
        return None
    allowed, state = STEPS[step]
    if step == "approve" and digest != row["digest"]:
        raise NotTaken("publication_changed", "it was changed: review it again, and approve the new digest")
    if row["state"] == state:
        return state  # the same again
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
        said = msgspec.json.encode({"title": publication_of(row).title or id, "by": who}).decode()
        await connection.execute(_TELL, tenant, id, digest, said)
    own = {"own": True} if step == "approve" and who == row["made_by"] else {}
    was = {"state": row["state"]}
    await tenants.log(connection, tenant, who, "publication", id, was, {"state": state, "digest": row["digest"], **own})
    return state


def waves_of(
    stores: Sequence[str], first: Sequence[str] | None = None, rings: Mapping[str, Ring] | None = None
) -> list[tuple[str, int]]:
    """In which wave each store is: those of `first`, else the canaries, else one alone; then the early ones, where
    none is called so a tenth (rounded up) of all; then the rest. `rings`: of the stores that are in one."""
    of = rings or {}
    named = [store for store in stores if store in (first or ())]
    named = named or [store for store in stores if of.get(store) == "canary"]
    named = named or sorted(stores, key=lambda store: of.get(store) == "rest")[:1]
    later = [store for store in stores if store not in named]
    early = {store for store in later if of.get(store) == "early"}
    open_ones = [store for store in later if not of.get(store)]
    early = early or set(open_ones[: -(-len(stores) // 10)])
    return [*((store, 0) for store in named), *((store, 1 if store in early else 2) for store in later)]
