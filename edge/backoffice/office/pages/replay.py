"""Step-by-step replay of a sale, or of a basket that was cleared unpaid, to answer complaints.

Everything comes from the journal: the lines in order, other events of the register (approvals, the drawer, payments),
the receipt, and later events about it. As on the journal page, neither personal data nor the names of forgotten users
are shown. The printer state is this box's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from edge.analytics.shelf.pictures import REFERENCES, SNAPSHOTS, ShelfPictures
from edge.analytics.shelf.queries import ShelfFinding, findings_of_product, names_of
from edge.analytics.shelf.shelf_service import SHELF
from edge.backoffice.office.pages.journal import JournalRow, teller_of
from edge.backoffice.office.pages.named_fields import content_of
from edge.core.endpoints import Page
from edge.core.journal.browse import JournalFilter, read_back
from edge.core.journal.rows import Approved, check_chain, fact_of, read_fact, read_head, read_rows, read_rows_of
from edge.core.messages import RecordedEvent
from edge.core.people.remarks import Remarks, with_open_remarks
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import BasketStep
from edge.counter.till.events import (
    BasketAbandoned,
    GiftReceiptPrinted,
    ReceiptReprinted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)
from edge.counter.till.queries import Receipt, read_receipt
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE
from edge.foundation.printing.queries import PrintedPaper, prints_of_receipt
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import ENGLISH
from edge.money.tenders.tender import is_foreign
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.live.localizer import Localizer
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import whole
from edge.web.responses import texts_of
from sync.wire import Row

MEANWHILE = 200
"""Maximum rows of a register to examine between a receipt and the previous one."""
ASIDE_US = 15 * 60 * 1_000_000
"""How long before a receipt to search for its events, if it's unknown when its basket was opened."""
SHELF_US, SHELF_SHOWN = 10 * 60 * 1_000_000, 12
"""The maximum time between a sale and a shelf picture for it (microseconds), and the number of pictures shown."""
TOGETHER = 40
"""Maximum journal rows of one command."""
AFTERWARDS_ROWS = 100_000
"""Maximum rows after a receipt to search for later changes."""
COMMANDS = frozenset(
    {
        *("OverridePrice", "DiscountLine", "DiscountBasket", "VoidLine", "VoidLastSale", "RefundSale"),
        *("RefundWithoutReceipt", "AbandonBasket", "OpenDrawer", "CorrectTender"),
    }
)
"""The commands most often approved; each has its own display name."""
CLEARED = "cleared"
"""The `kind` of a cleared basket shown as a receipt."""
KINDS = (SNAPSHOTS, REFERENCES)
AFTERWARDS = (ReceiptReprinted, GiftReceiptPrinted, TenderCorrected, SaleVoided, SaleRefunded)


class PlayedStep(msgspec.Struct, frozen=True):
    """A step of a replay: a change of the basket (`step`, and its `line`), or one of the register's journal rows."""

    at_us: int
    step: BasketStep | None = None
    line: Any = None
    name: dict[str, str] = {}
    row: JournalRow | None = None


class ShelfMoment(msgspec.Struct, frozen=True):
    """A shelf camera's view at that time: the `finding` about a sold product, or just a picture."""

    at_us: int
    picture: str
    finding: ShelfFinding | None = None
    name: dict[str, str] = {}


class Replay(msgspec.Struct, frozen=True):
    """A receipt (without a number for a cleared basket), its event, and the register's events before, with and after
    it.

    `approved`: for approvals, the command and who requested it; `began_us`: when the basket was opened (0: unknown);
    `meanwhile`: the register's events with the basket's steps, by time.
    """

    paper: Receipt
    event: Any
    actor: str
    began_us: int
    meanwhile: list[PlayedStep]
    shelf: list[ShelfMoment]
    together: list[JournalRow]
    afterwards: list[JournalRow]
    approved: dict[int, tuple[str, str]]
    prints: list[PrintedPaper]
    faults: tuple[str, ...]


async def replay(request: web.Request) -> web.Response:
    """`GET /manager/replay?register=1&number=17`: replay a receipt step by step; `?row=`: replay a cleared basket by
    its journal row."""
    site, number, seq = request.app[SITE], whole(request, "number") or 0, whole(request, "row") or 0
    register = request.query.get("of", "") or register_of(request)
    registry, texts, pictures = site.shop.registry, texts_of(request), site.services.of(SHELF).pictures

    def read(db: Connection) -> Replay | None:
        paper = _read_cleared(db, registry, seq) if seq else read_receipt(db, register, number)
        return _read(db, registry, texts, paper, pictures) if paper else None

    found = await site.asker.read(read)
    if found is None and seq:
        raise Problem(404, "not_found", path=request.path[:200])
    if found is None:
        raise Problem(404, "receipt_unknown", number=f"{register}-{number}")
    event, kind = found.event, type(found.event).__name__
    cash = [*getattr(event, "tenders", ()), *getattr(event, "back", ())]
    drawer = any(one.kind == "cash" or is_foreign(one.kind) for one in cash) or bool(
        getattr(event, "change_minor", None)
    )
    played = {one.step.about for one in found.meanwhile if one.step and one.step.did == "line"}
    untimed = [line for line in getattr(event, "lines", ()) if line.id not in played]
    return page(
        request,
        "replay",
        found=found,
        event=event,
        event_kind=kind,
        drawer=drawer,
        commands=COMMANDS,
        untimed=untimed,
    )


def _read_cleared(db: Connection, registry: Registry, seq: int) -> Receipt | None:
    """A cleared basket as a receipt without a number."""
    for row in read_rows(db, seq, 1):
        fact = fact_of(registry, row)
        if fact.seq == seq and isinstance(fact.event, BasketAbandoned):
            total_minor, day = fact.event.total_minor, fact.business_date
            return Receipt(fact.register, 0, CLEARED, seq, day, fact.at_us, "", total_minor, None, 0, 0)
    return None


def _read(db: Connection, registry: Registry, texts: Localizer, paper: Receipt, pictures: ShelfPictures) -> Replay:
    register = paper.register
    fact = read_fact(db, registry, paper.seq)
    began_us = int(getattr(fact.event, "opened_us", 0))
    before = _meanwhile(db, register, paper.seq, began_us or fact.at_us - ASIDE_US)
    own = [row for row in read_rows(db, paper.seq, TOGETHER) if row.command_id == fact.command_id]
    together = [row for row in (*before, *own) if row.command_id == fact.command_id and row.seq != paper.seq]
    before = [row for row in before if row.command_id != fact.command_id]
    later = _afterwards(db, registry, fact) if paper.number else []
    told = [*before, *together, *later]
    bodies = [content_of(registry.events, row) for row in told]
    teller = teller_of(db, texts, registry, bodies, {row.actor for row in told} | {fact.actor})
    approvals = [(row.seq, body) for row, body in zip(told, bodies, strict=True) if row.type == Approved.__name__]
    return Replay(
        paper,
        _readable(db, fact.event),
        teller.actor(fact.actor),
        began_us,
        _steps_by_time(db, fact.event, began_us, [teller.row(row) for row in before]),
        _shelf(db, pictures, fact, began_us),
        [teller.row(row) for row in together],
        [teller.row(row) for row in later],
        {seq: (body["command"], name_of(db, body["asker"])) for seq, body in approvals},
        prints_of_receipt(db, register, paper.number) if paper.number else [],
        tuple(sentence for _, sentence in check_chain(db, paper.seq, paper.seq)),
    )


def _steps_by_time(db: Connection, event: Any, began_us: int, rows: list[JournalRow]) -> list[PlayedStep]:
    """The basket's steps and the register's rows, by time. At the same time, rows come first, as they approve
    a step."""
    lines, steps = {line.id: line for line in getattr(event, "lines", ())}, getattr(event, "steps", ())
    known = read_products(db, [one.sku for one in steps if one.sku])
    played = [PlayedStep(row.at_us, row=row) for row in rows]
    for step in steps:
        line = lines.get(step.about) if step.did in ("line", "quantity", "void") else None
        names = known[step.sku][1].names if step.sku in known else None
        at_us = began_us + step.ms * 1_000
        if line or step.did in ("ask", "yes", "no"):
            played.append(PlayedStep(at_us, step, line, names or {ENGLISH: step.sku}))
    return sorted(played, key=lambda one: one.at_us)


def _shelf(db: Connection, pictures: ShelfPictures, fact: RecordedEvent, began_us: int) -> list[ShelfMoment]:
    """Camera views of the shelves during a sale."""
    since_us, until_us = (began_us or fact.at_us) - SHELF_US, fact.at_us + SHELF_US
    skus = {line.sku for line in getattr(fact.event, "lines", ()) if line.sku}
    names = names_of(db, list(skus))
    found = [
        ShelfMoment(one.found_us, one.picture, one, names.get(sku) or {ENGLISH: sku})
        for sku in skus
        for one in findings_of_product(db, sku, since_us, until_us)
    ]
    seen = {one.picture for one in found}
    for one in pictures.list_stored(since_us / 1e6, until_us / 1e6):
        if one.kind == SNAPSHOTS and one.name not in seen:
            found.append(ShelfMoment(one.at_us, one.name))
    gone = {one.picture for one in found if not any(pictures.path(one.picture, kind).exists() for kind in KINDS)}
    shown = [msgspec.structs.replace(one, picture="") if one.picture in gone else one for one in found]
    return sorted(shown, key=lambda one: one.at_us)[:SHELF_SHOWN]


def _meanwhile(db: Connection, register: str, seq: int, since_us: int) -> list[Row]:
    """The register's events between a time and a journal row, without those of the previous receipt."""
    found = list[Row]()
    for row in read_back(db, JournalFilter(register=register), seq, MEANWHILE).rows:
        if row.at_us < since_us:
            break
        found.append(row)
    return found[::-1]


def _afterwards(db: Connection, registry: Registry, paper: RecordedEvent) -> list[Row]:
    """Later events about a receipt: prints, voids, refunds and corrections."""
    names = [kind.__name__ for kind in AFTERWARDS]
    end = min(read_head(db).seq, paper.seq + AFTERWARDS_ROWS)
    found, at = list[Row](), paper.seq + 1
    while at <= end:
        rows, through = read_rows_of(db, names, at, end - at + 1, TOGETHER)
        found += _about(registry, rows, paper)
        if through < at:
            break
        at = through + 1
    return found


def _about(registry: Registry, rows: Iterable[Row], paper: RecordedEvent) -> Iterable[Row]:
    number = getattr(paper.event, "number", 0)
    for row in rows:
        event = registry.decode(row.type, row.version, row.body)
        of = getattr(event, "sale_register", row.register), getattr(event, "sale", getattr(event, "number", 0))
        if of == (paper.register, number):
            yield row


def _readable(db: Connection, event: Any) -> Any:
    """A receipt's event with its encrypted remarks decrypted."""
    remarks, opened = Remarks(db), with_open_remarks(db, event)
    lines = getattr(opened, "lines", ())
    read = tuple(msgspec.structs.replace(line, reason=remarks.read(line.reason)) for line in lines)
    return msgspec.structs.replace(opened, lines=read) if lines else opened


PAGES = (
    Page(
        path="/manager/replay",
        name="replay",
        group="counter",
        place=23,
        handler=replay,
        right=MANAGE,
        fragments=("alerts", "clock"),
        under="sales",
        past=True,
    ),
)
