"""Queries on shelves: planograms, newest looks, findings and verdicts."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.analytics.shelf.events import Lighting, PlanogramSet
from edge.analytics.shelf.rules import BayTrack
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_products
from edge.lib.late_decoder import late_decoder
from edge.lib.sight.kinds import BottleType, Seen

FINDINGS_LIMIT = 500
WRONGS_A_WEEK = 3
"""Number of wrong findings in a week after which a facing is paused."""
_set = late_decoder(PlanogramSet)
_track = late_decoder(BayTrack)
_names = late_decoder(tuple[str, ...])
_type = late_decoder(BottleType)
_FIELDS = (
    "seq, kind, bay, version, facing, facings, sku, instead, first_us, found_us, confidence, on_hand, picture,"
    " closed_us, how, answer, seen_s, behind"
)


class KeptLook(msgspec.Struct, frozen=True):
    """A look, stored until the next one replaces it."""

    camera: str
    facings: tuple[Seen, ...]
    picture: str
    shift_pm: int = 0


class BayLook(msgspec.Struct, frozen=True):
    """The newest look at a bay, with version and time."""

    bay: str
    version: int
    at_us: int
    look: KeptLook
    track: BayTrack


class ShelfFinding(msgspec.Struct, frozen=True):
    """A finding of a camera: see `GapFound` and `FacingFlagged`.

    `closed_us`: None while it's open; `seen_s`: seconds for which a closed gap was visible; `behind`: products were
    visible further back.
    """

    seq: int
    kind: str
    bay: str
    version: int
    group: str
    facings: tuple[str, ...]
    sku: str
    instead: str
    first_us: int
    found_us: int
    confidence: int
    on_hand: int
    picture: str
    closed_us: int | None
    how: str | None
    answer: str | None
    seen_s: int | None = None
    behind: bool = False


class CameraSeen(msgspec.Struct, frozen=True):
    """A camera's state, its start time and its journal row."""

    camera: str
    state: str
    since_us: int
    seq: int


class BayDay(msgspec.Struct, frozen=True):
    """A bay's day.

    `compliance_pm`: permille of the visible goods placed as planned; `seen_pm`: permille of the plan that was seen;
    `group_pm`: compliance by product group (None: not measured at that time).
    """

    business_date: str
    bay: str
    looks: int
    compliance_pm: int
    seen_pm: int
    group_pm: int | None = None


_look = late_decoder(KeptLook)


def read_planograms(db: Connection, day: str = "") -> list[PlanogramSet]:
    """The valid version of each bay's planogram; with `day`, the newest version valid by that business day."""
    rows = db.execute(
        "SELECT body FROM planogram p WHERE ended = 0 AND version = (SELECT max(version) FROM planogram q"
        " WHERE q.bay = p.bay AND (?1 = '' OR q.valid_from <= ?1)) ORDER BY bay",
        (day,),
    )
    return [_set(body) for (body,) in rows]


def read_planogram(db: Connection, bay: str, version: Number = 0) -> PlanogramSet | None:
    """A version of a bay's planogram, or the newest if `version` is 0; None if not found."""
    row = db.execute(
        "SELECT body FROM planogram WHERE bay = ?1 AND (version = ?2 OR (?2 = 0 AND ended = 0))"
        " ORDER BY version DESC LIMIT 1",
        (bay, version),
    ).fetchone()
    return _set(row[0]) if row else None


class RenewedReference(msgspec.Struct, frozen=True):
    """A newer reference picture of a bay ("": none), and its business day."""

    picture: str
    business_date: str


def read_reference(db: Connection, plan: PlanogramSet, light: Lighting = "day") -> RenewedReference | None:
    """The replacement of a planogram's picture, or the night reference; a new planogram picture resets it."""
    row = db.execute(
        "SELECT picture, business_date FROM shelf_reference WHERE bay = ? AND full = ? AND light = ?",
        (plan.bay, plan.full, light),
    ).fetchone()
    return RenewedReference(*row) if row else None


def renewed_picture(db: Connection, plan: PlanogramSet, light: Lighting = "day") -> str:
    """The newer reference of a bay, by day or night; "" if there is none."""
    found = read_reference(db, plan, light)
    return found.picture if found else ""


def newest_version(db: Connection, bay: str) -> tuple[int, bool]:
    """The newest version of a bay's planogram (0: none), and whether its monitoring has ended."""
    row = db.execute(
        "SELECT version, ended FROM planogram WHERE bay = ? ORDER BY version DESC LIMIT 1", (bay,)
    ).fetchone()
    return (int(row[0]), bool(row[1])) if row else (0, False)


def read_look(db: Connection, bay: str) -> BayLook | None:
    """The newest look at a bay."""
    row = db.execute("SELECT bay, version, at_us, look, track FROM shelf_look WHERE bay = ?", (bay,)).fetchone()
    return BayLook(row[0], row[1], row[2], _look(row[3]), _track(row[4])) if row else None


def read_looks(db: Connection) -> list[BayLook]:
    """The newest look at each bay."""
    rows = db.execute("SELECT bay, version, at_us, look, track FROM shelf_look ORDER BY bay")
    return [BayLook(row[0], row[1], row[2], _look(row[3]), _track(row[4])) for row in rows]


def goods_seen(db: Connection) -> frozenset[str]:
    """Products seen in the newest looks, according to current planograms."""
    skus = {(plan.bay, plan.version): {one.id: one.sku for one in plan.layout.facings} for plan in read_planograms(db)}
    seen = set[str]()
    for look in read_looks(db):
        of = skus.get((look.bay, look.version), {})
        seen |= {of[one.id] for one in look.look.facings if one.state in ("present", "low") and of.get(one.id)}
    return frozenset(seen)


def read_findings(
    db: Connection, bay: str = "", open: bool = True, before: Number = 0, limit: Number = 100
) -> list[ShelfFinding]:
    """Findings, newest first: `open` ones or all; of a bay, or all."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM shelf_finding WHERE (?1 = '' OR bay = ?1) AND (?2 = 0 OR closed_us IS NULL)"
        " AND (?3 = 0 OR seq < ?3) ORDER BY seq DESC LIMIT ?4",
        (bay, int(open), before, min(limit, FINDINGS_LIMIT)),
    )
    return [_finding(row) for row in rows]


def read_finding(db: Connection, seq: Number) -> ShelfFinding | None:
    """The finding of a journal row; None if the row isn't a finding."""
    row = db.execute(f"SELECT {_FIELDS} FROM shelf_finding WHERE seq = ?", (seq,)).fetchone()
    return _finding(row) if row else None


def findings_of_product(db: Connection, sku: str, since_us: int, until_us: int) -> list[ShelfFinding]:
    """Return the findings about a product that were open at any time in a period, oldest first."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM shelf_finding WHERE sku = ?1 AND first_us <= ?3"
        " AND (closed_us IS NULL OR closed_us > ?2) ORDER BY seq",
        (sku, since_us, until_us),
    )
    return [_finding(row) for row in rows]


def open_finding(db: Connection, bay: str, group: str, kind: str) -> ShelfFinding | None:
    """The open finding of a kind in a group of facings; None if there is none."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM shelf_finding WHERE bay = ? AND facing = ? AND kind = ? AND closed_us IS NULL",
        (bay, group, kind),
    ).fetchone()
    return _finding(row) if row else None


def gap_duration_us(db: Connection, found: ShelfFinding) -> int:
    """How long camera pictures have shown an open gap, in microseconds."""
    last = read_look(db, found.bay)
    group = last.track.groups.get(found.group) if last else None
    return group.empty_us if group else 0


def read_mistaken(db: Connection, plan: PlanogramSet, limit: Number = 30) -> list[ShelfFinding]:
    """The newest findings in a planogram version that users judged wrong; their pictures show the planned goods."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM shelf_finding WHERE bay = ? AND version = ? AND answer = 'wrong'"
        " ORDER BY seq DESC LIMIT ?",
        (plan.bay, plan.edition, limit),
    )
    return [_finding(row) for row in rows]


class EmptyTime(msgspec.Struct, frozen=True):
    """The time a product's facing was empty (until None: still empty). `not_there`: the store room was empty too."""

    from_us: int
    until_us: int | None
    not_there: bool


def read_empty(db: Connection, sku: str, since_us: int) -> list[EmptyTime]:
    """A product's gaps that are open or ended after a time, without gaps judged wrong."""
    rows = db.execute(
        "SELECT first_us, closed_us, answer IS 'not_there' FROM shelf_finding WHERE sku = ?1 AND kind = 'gap'"
        " AND answer IS NOT 'wrong' AND (closed_us IS NULL OR closed_us > ?2) ORDER BY first_us",
        (sku, since_us),
    )
    return [EmptyTime(from_us, until_us, bool(not_there)) for from_us, until_us, not_there in rows]


def goods_behind(db: Connection, found: ShelfFinding) -> bool:
    """Whether goods were seen deeper in the shelf of an open gap, when it was found or in the newest look."""
    last = read_look(db, found.bay)
    return found.behind or any(one.behind and one.id in found.facings for one in (last.look.facings if last else ()))


def read_said(db: Connection, bay: str, limit: Number = 10) -> list[tuple[int, bool]]:
    """Confidences of a bay's first findings judged right and wrong, each with whether it was right.

    New thresholds must agree with these verdicts.
    """
    made: list[tuple[int, bool]] = []
    for answer in ("right", "wrong"):
        rows = db.execute(
            "SELECT confidence FROM shelf_finding WHERE bay = ? AND answer = ? ORDER BY seq LIMIT ?",
            (bay, answer, limit),
        )
        made += [(int(sure), answer == "right") for (sure,) in rows]
    return made


def read_cameras(db: Connection) -> list[CameraSeen]:
    """The state of each camera that has reported one."""
    rows = db.execute("SELECT camera, state, since_us, seq FROM shelf_camera ORDER BY camera")
    return [CameraSeen(*row) for row in rows]


def read_compliance(db: Connection, since: str = "", until: str = "9999-12-31") -> list[BayDay]:
    """Compliance of the bays by business day, newest first."""
    rows = db.execute(
        "SELECT business_date, bay, looks, right_count, seen_count, planned_count, group_right, group_seen"
        " FROM shelf_day WHERE business_date BETWEEN ? AND ? ORDER BY business_date DESC, bay LIMIT ?",
        (since, until, FINDINGS_LIMIT),
    )
    return [
        BayDay(
            day,
            bay,
            looks,
            1000 * right // max(1, seen),
            1000 * seen // max(1, planned),
            1000 * group_right // group_seen if group_seen else None,
        )
        for day, bay, looks, right, seen, planned, group_right, group_seen in rows
    ]


def read_learned(db: Connection, bay: str, at_us: int) -> tuple[dict[str, int], frozenset[str]]:
    """Learnt thresholds by facing, in percent, and the facings paused after too many errors."""
    shifts: dict[str, int] = {}
    paused: set[str] = set()
    for facing, percent, wrong in db.execute(
        "SELECT facing, percent, wrong_us FROM shelf_learned WHERE bay = ?", (bay,)
    ):
        shifts[facing] = percent
        recent = [at for at in msgspec.json.decode(wrong, type=list[int]) if at_us - at < 7 * 86_400_000_000]
        if len(recent) >= WRONGS_A_WEEK:
            paused.add(facing)
    return shifts, frozenset(paused)


def read_bottle_types(db: Connection) -> list[BottleType]:
    """Measured bottle types."""
    return [_type(body) for (body,) in db.execute("SELECT body FROM bottle_type ORDER BY sku")]


def _finding(row: tuple[Any, ...]) -> ShelfFinding:
    return ShelfFinding(*(*row[:5], _names(row[5]), *row[6:-1], bool(row[-1])))


def names_of(db: Connection, skus: list[str]) -> dict[str, dict[str, str]]:
    """The names of products by SKU."""
    known = read_products(db, list(dict.fromkeys(sku for sku in skus if sku)))
    return {sku: product.names or {} for sku, (_, product, _) in known.items()}
