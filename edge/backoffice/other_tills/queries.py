"""Queries on other tills: state, held lines, sales, and differences."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import msgspec

from edge.backoffice.other_tills.commands import HeldLine
from edge.backoffice.other_tills.entities import ITEMS, TILLS
from edge.backoffice.other_tills.events import PosState
from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.sale import Document, PosDifference, PosSale, Theirs
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.stock.rows import find_product

PAGE_LIMIT = 200
WAITING_SALES = 2_000
"""Maximum waiting sales to examine for their items."""
_GOODS = "SELECT sku, body -> 'names' FROM product WHERE retired_us IS NULL LIMIT 5000"
PROPOSED = 3
LIKE = 0.6
_WORD = re.compile(r"\w+")


class PosProgress(msgspec.Struct, frozen=True):
    """The state of contact with another till: the last contact (0: never), the reason and start of a failure, and the
    numbers of outdated versions and of webhooks with a reused id."""

    asked_us: int = 0
    cursor: str = ""
    why: str = ""
    detail: str = ""
    failed_us: int = 0
    stale: int = 0
    differs: int = 0
    began_us: int = 0


class OtherTillState(msgspec.Struct, frozen=True):
    """Another till with its state: the newest sale, the number of waiting sales, and of unreadable webhooks."""

    till: OtherTill
    progress: PosProgress
    newest_us: int
    waiting: int
    dead: int


class PosSaleRow(msgspec.Struct, frozen=True):
    """A sale in its latest version."""

    document: Document
    number: str
    version: int
    kind: str
    location: str
    at_us: int
    currency: str
    total_minor: int
    state: PosState
    reasons: tuple[str, ...]
    items: int


class PosDay(msgspec.Struct, frozen=True):
    """The result of comparing a day at a location with the other till."""

    pos: str
    location: str
    day: str
    sales: int
    taken: int
    differences: tuple[PosDifference, ...]
    at_us: int


class DeadHook(msgspec.Struct, frozen=True):
    """A webhook that couldn't be read."""

    id: int
    pos: str
    event_id: str
    why: str
    file: str
    at_us: int


def read_other_tills(db: Connection) -> tuple[OtherTill, ...]:
    """Other tills by id."""
    return TILLS.read(db)


def read_pos_items(db: Connection) -> tuple[PosItem, ...]:
    """Item assignments of other tills."""
    return ITEMS.read(db)


def read_till_states(db: Connection) -> list[OtherTillState]:
    """Other tills with their state, by id."""
    found = []
    for till in TILLS.read(db):
        newest, waiting = db.execute(
            "SELECT coalesce(max(at_us), 0), count(*) FILTER (WHERE state <> 'taken' OR unmapped <> '[]')"
            " FROM pos_sale WHERE pos = ?",
            (till.id,),
        ).fetchone()
        (dead,) = db.execute("SELECT count(*) FROM pos_hook WHERE pos = ? AND state = 'dead'", (till.id,)).fetchone()
        found.append(OtherTillState(till, read_progress(db, till.id), newest, waiting, dead))
    return found


def read_progress(db: Connection, pos: Theirs) -> PosProgress:
    """The state of contact with another till."""
    row = db.execute(
        "SELECT asked_us, cursor, why, detail, failed_us, stale, differs, began_us FROM pos_progress WHERE pos = ?",
        (pos,),
    ).fetchone()
    return PosProgress(*row) if row else PosProgress()


def read_pos_sales(db: Connection, pos: Theirs, before_us: Number = 0, limit: Number = 50) -> list[PosSaleRow]:
    """Another till's sales before a time (0: no limit), newest first."""
    rows = db.execute(
        "SELECT document, number, version, kind, location, at_us, currency, total_minor, state, reasons,"
        " json_array_length(body, '$.lines') FROM pos_sale WHERE pos = ? AND (? = 0 OR at_us < ?)"
        " ORDER BY at_us DESC, id DESC LIMIT ?",
        (pos, before_us, before_us, max(1, min(limit, PAGE_LIMIT))),
    )
    found = []
    for row in rows:
        said = tuple(row)
        found.append(PosSaleRow(*(*said[:9], tuple(msgspec.json.decode(said[9])), said[10])))
    return found


def read_held_lines(db: Connection, pos: Theirs) -> list[HeldLine]:
    """Unassigned items with proposed products, those with the most lines first."""
    rows = db.execute(
        "SELECT body, unmapped FROM pos_sale WHERE pos = ? AND (state <> 'taken' OR unmapped <> '[]')"
        " AND unmapped <> '[]' ORDER BY id LIMIT ?",
        (pos, WAITING_SALES),
    )
    found: dict[str, tuple[str, str, int, int]] = {}
    for body, unmapped in rows:
        waiting = set(msgspec.json.decode(unmapped))
        for line in msgspec.json.decode(body, type=PosSale).lines:
            if line.item in waiting:
                _, _, lines, quantity = found.get(line.item, ("", "", 0, 0))
                found[line.item] = (line.name, line.code, lines + 1, quantity + line.quantity)
    rows_shown = sorted(found.items(), key=lambda one: (-one[1][2], one[0]))[:PAGE_LIMIT]
    goods = [(sku, msgspec.json.decode(names or b"{}")) for sku, names in db.execute(_GOODS)] if rows_shown else []
    return [HeldLine(pos, item, *said, _likely_skus(db, said[0], said[1] or item, goods)) for item, said in rows_shown]


def _likely_skus(db: Connection, name: str, code: str, goods: list[tuple[str, dict[str, str]]]) -> tuple[str, ...]:
    """Products with this code (of the product itself or its case), else those with the most similar name."""
    if known := find_product(db, code):
        return (known.sku if known.units == 1 else code,)
    scored = ((_likeness(name.casefold(), names), sku) for sku, names in goods if name)
    best = sorted((one for one in scored if one[0] >= LIKE), key=lambda one: (-one[0], one[1]))
    return tuple(sku for _, sku in best[:PROPOSED])


def _likeness(said: str, names: dict[str, str]) -> float:
    """The similarity of a name to the closest of a product's names. A name that contains all words of the other counts
    as equal."""
    words = set(_WORD.findall(said))
    likeness = 0.0
    for one in (name.casefold() for name in names.values()):
        theirs = set(_WORD.findall(one))
        within = 0.9 if theirs and words and (theirs <= words or words <= theirs) else 0.0
        likeness = max(likeness, within, SequenceMatcher(None, said, one).ratio())
    return likeness


def read_pos_days(db: Connection, pos: Theirs, limit: Number = 30) -> list[PosDay]:
    """Compared days, newest first."""
    rows = db.execute(
        "SELECT pos, location, day, sales, taken, differences, at_us FROM pos_day WHERE pos = ?"
        " ORDER BY day DESC, location LIMIT ?",
        (pos, max(1, min(limit, PAGE_LIMIT))),
    )
    found = []
    for row in rows:
        said = tuple(row)
        found.append(PosDay(*(*said[:5], msgspec.json.decode(said[5], type=tuple[PosDifference, ...]), said[6])))
    return found


def read_dead_hooks(db: Connection) -> list[DeadHook]:
    """Unreadable webhooks, newest first."""
    rows = db.execute(
        "SELECT id, pos, event_id, why, file, at_us FROM pos_hook WHERE state = 'dead' ORDER BY id DESC LIMIT ?",
        (PAGE_LIMIT,),
    )
    return [DeadHook(*row) for row in rows]
