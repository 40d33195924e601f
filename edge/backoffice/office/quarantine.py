"""Quarantined facts: another box's facts that aren't in the shop's ledger. A manager decides on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby, islice

import msgspec

from edge.backoffice.office.commands import PaperKind, ReportAside
from edge.core import ids
from edge.core.journal.rows import find_hash
from edge.core.messages import Event
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from sync.wire import Row

REPORTED, BROUGHT_IN, LEFT = 2**31 - 3, 2**31 - 2, 2**31 - 1
"""Command numbers for a quarantined command's report and decision. The journal recognises these by them."""
LISTED = 10_000
"""Maximum undecided commands to list. If a box has more, the rest are listed once these are decided."""
HAPPENED = frozenset(
    {
        "CardLoaded",
        "CardMoved",
        "CashMoved",
        "DrawerOpened",
        "GiftReceiptPrinted",
        "PaymentBegun",
        "PaymentMoved",
        "PaymentUsed",
        "PrintConfirmed",
        "ReceiptReprinted",
        "StockMoved",
    }
)
"""Events that record something that happened, which later events don't invalidate.

All other events set a state that may be outdated. They're discarded, and a user repeats them if necessary.
"""
NOTED = frozenset(
    {
        "AlertAcknowledged",
        "AlertRaised",
        "AlertRepeated",
        "AlertResolved",
        "AlertUnacknowledged",
        "AlertWorsened",
        "EpochStarted",
        "NumbersSkipped",
        "StatusPageSet",
    }
)
"""A leading box's internal notes. The current leader has its own, so no decision is needed."""
SIGNATURES = frozenset(
    {"CopySigned", "DeviceSigned", "LogSigned", "NoteSigned", "PaperSigned", "PeriodClosed", "TransactionAnswered"}
)
"""Signatures in the other box's chain, which isn't continued. They stay in quarantine. Where the law permits, a receipt
is signed again when imported (`accounting/fiscal/late_signing.py`)."""
IN_ORDER = (b'"regime":"fr"', b'"regime":"ca-qc"')
"""Signatures under laws that require receipts in order. France's archive has ascending numbers, and Québec's
transactions are sent by the box that made them, so such a receipt can't be imported after later ones."""
Decode = Callable[[str, int, bytes], Event]


class QuarantinedFacts(msgspec.Struct, frozen=True):
    """The facts of one command at the other box.

    `kind`, `number` and `total_minor`: of a receipt ("" if none); a negative sum was paid out. `types`: its events.
    `may_come_in`: whether it can be imported, or only discarded.
    """

    id: str
    kind: PaperKind
    register: str
    number: int
    total_minor: int
    currency: str
    business_date: str
    at_us: int
    types: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def may_come_in(self) -> bool:
        return may_come_in(self.rows)

    @property
    def is_held_by_law(self) -> bool:
        return is_held_by_law(self.rows)

    @property
    def command_id(self) -> ids.CommandId:
        """The id of the main command. The commands that it ran are among the rows."""
        return ids.CommandId(self.rows[0].command_id)

    @property
    def report(self) -> ReportAside:
        """The command that records the quarantine in the journal."""
        paper = (self.kind, self.register, self.number, self.total_minor, self.currency)
        return ReportAside(self.id, len(self.rows), *paper, self.business_date, self.at_us, self.types)

    @property
    def reported_id(self) -> ids.CommandId:
        """The id of the report command; the same each time, so it runs once."""
        return ids.child_id(self.command_id, REPORTED)

    @property
    def left_id(self) -> ids.CommandId:
        """The id of the command that discards these facts."""
        return ids.child_id(self.command_id, LEFT)


def may_come_in(rows: Iterable[Row]) -> bool:
    """Whether a command's facts can be imported unchanged."""
    every = [*rows]
    if is_held_by_law(every):
        return False
    types = {row.type for row in every}
    return bool(types & _PAPERS.keys()) or types <= HAPPENED


def is_held_by_law(rows: Iterable[Row]) -> bool:
    """Whether tax law forbids adding these receipts after later ones."""
    return any(row.type == "PaperSigned" and any(said in row.body for said in IN_ORDER) for row in rows)


def group_by_command(rows: Iterable[Row], decode: Decode) -> list[QuarantinedFacts]:
    """Group a journal's rows by command, without a box's internal notes."""
    groups = (tuple(group) for _, group in groupby(rows, key=_same))
    return [_of(group, decode) for group in groups if any(row.type not in NOTED for row in group)]


def list_undecided(db: Connection, every: Iterable[QuarantinedFacts], most: int = LISTED) -> list[QuarantinedFacts]:
    """The facts neither imported nor discarded, in order; `most` at most."""
    waiting = (one for one in every if not any(find_hash(db, id) is not None for id in (one.command_id, one.left_id)))
    return list(islice(waiting, most))


def _same(row: Row) -> tuple[bytes, int, bytes, str]:
    """The key that a command shares with the commands it ran: time and hash."""
    return row.command_hash, row.mono_us, row.boot_id, row.register


def _of(rows: tuple[Row, ...], decode: Decode) -> QuarantinedFacts:
    first = rows[0]
    kind, number, minor, currency = _paper(rows, decode)
    types = tuple(dict.fromkeys(row.type for row in rows))
    id, register = first.command_id.hex(), first.register
    return QuarantinedFacts(id, kind, register, number, minor, currency, first.business_date, first.at_us, types, rows)


_PAPERS: dict[str, PaperKind] = {"SaleCompleted": "sale", "SaleVoided": "void", "SaleRefunded": "refund"}


def _paper(rows: Iterable[Row], decode: Decode) -> tuple[PaperKind, int, int, str]:
    for row in rows:
        if row.type not in _PAPERS:
            continue
        match event := decode(row.type, row.version, row.body):
            case SaleCompleted():
                return "sale", event.number, event.total_minor + event.rounding_minor, event.currency
            case SaleVoided():
                return "void", event.number, -event.total_minor, event.currency
            case SaleRefunded():
                return "refund", event.number, -event.paid_minor, event.currency
    return "", 0, 0, ""
