"""The control tape required in Israel for each register and day: every operation with its number and time, and the
totals. It's always in Hebrew, as text, the same on screen and paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from edge.accounting.fiscal.fiscal_paper import FiscalPaper
from edge.accounting.fiscal.israel.israel_documents import documents_of_kinds, means_of
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.journal.rows import fact_of, read_rows_of
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.shifts.events import CashMoved, DrawerOpened, ShiftClosed, ShiftOpened
from edge.counter.till.events import (
    BasketAbandoned,
    BillPrinted,
    GiftReceiptPrinted,
    NumbersSkipped,
    ReceiptReprinted,
    ReportPrinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
    TrainingEnded,
    TrainingStarted,
)
from edge.lib.units.money import divide_half_up

SPAN, ROWS = 20_000, 2_000
_PAPERS = (SaleCompleted, SaleRefunded, SaleVoided)
_OTHERS = (
    *(BasketAbandoned, BillPrinted, CashMoved, DrawerOpened, GiftReceiptPrinted, NumbersSkipped, ReceiptReprinted),
    *(ReportPrinted, ShiftClosed, ShiftOpened, TenderCorrected, TrainingEnded, TrainingStarted),
)
_TYPES = tuple(kind.__name__ for kind in (*_PAPERS, *_OTHERS))
_KINDS = MappingProxyType({"sale": "מכירה", "refund": "זיכוי", "void": "ביטול", "exchange": "החלפה"})
_CASH = MappingProxyType(
    {
        "top_up": "הכנסה לקופה",
        "payout": "תשלום מהקופה",
        "drop": "העברה לכספת",
        "tips": "תשלום תשר",
        "driver": "כסף אצל שליח",
        "driver_tip": "תשר של שליח",
        "handed_in": "מסירה משליח",
        "account": "תשלום על חשבון",
        "account_back": "ביטול תשלום על חשבון",
        "bottles": "החזר פיקדון על בקבוקים",
        "bottles_back": "ביטול החזר פיקדון",
        "card_refund": "זיכוי כרטיס שניתן במזומן",
    }
)


def tape(
    db: Connection, reader: PaperReader, registry: Registry, settings: FiscalSettings, day: str, register: str
) -> Iterator[str]:
    """The lines of a register's day."""
    zone = ZoneInfo(settings.zone)
    yield from (settings.name, f"{settings.street} {settings.house}, {settings.city}".strip(" ,"))
    yield f"עוסק מורשה {settings.tax_number}"
    yield f"סרט בקרה · קופה {register} · {day}"
    yield "-" * 40
    sums = _TapeSums()
    for fact in _facts(db, reader, registry, day, register):
        at = datetime.fromtimestamp(fact.at_us // 1_000_000, zone)
        if isinstance(fact.event, _PAPERS):
            paper = reader.paper(fact.seq)
            sums.add(paper)
            yield from _paper(paper)
            yield from _struck(fact.event)
            continue
        if isinstance(fact.event, ReportPrinted) and fact.event.kind == "z":
            sums.z.append(fact.event.number)
        yield f"{at:%H:%M:%S} {_other(fact)}"
    yield from sums.lines()


def _facts(db: Connection, reader: PaperReader, registry: Registry, day: str, register: str) -> Iterator[RecordedEvent]:
    """A day's events of a register, including archived ones."""
    at = 1
    while at <= reader.through:
        rows, through = read_rows_of(db, _TYPES, at, SPAN, ROWS)
        for row in rows:
            if row.business_date == day and row.seq <= reader.through:
                fact = fact_of(registry, row)
                if fact.register == register:
                    yield fact
        if through < at:
            return
        at = through + 1


def _paper(paper: FiscalPaper) -> Iterator[str]:
    yield f"{paper.at:%H:%M:%S} {_KINDS[paper.kind]} {paper.id.number}"
    if paper.basis:
        yield f"  על {paper.basis.register}-{paper.basis.number}"
    for line in paper.lines:
        quantity = f"{line.quantity_thousandths / 1000:g}"
        each_minor = divide_half_up(abs(line.listed_minor) * 1000, abs(line.quantity_thousandths) or 1000)
        yield f"  {line.label or line.kind}  {quantity} x {_money(each_minor)}  {_money(line.listed_minor)}"
        if off_minor := line.gross_minor - line.listed_minor:
            yield f"    הנחה {_money(off_minor)}"
    yield f"  סה״כ {_money(paper.total_minor + paper.apart_minor)}"
    for one in paper.tenders:
        if one.amount_minor:
            yield f"  {means_of(one.kind)} {_money(one.amount_minor)}"


def _struck(event: object) -> Iterator[str]:
    for line in event.lines if isinstance(event, SaleCompleted) else ():
        if line.voided:
            minor = divide_half_up(line.price_minor * line.quantity, 1000)
            yield f"  שורה שבוטלה: {line.sku or line.code} {_money(minor)}"


def _other(fact: RecordedEvent) -> str:
    """The text for operations other than sales."""
    match fact.event:
        case BasketAbandoned() as event:
            return f"סל שרוקן: {len(event.lines)} שורות, {_money(event.total_minor)}"
        case BillPrinted() as event:
            return f"חשבון לפני תשלום {_money(event.total_minor)}"
        case ReceiptReprinted() as event:
            return f"העתק {event.copy} של {event.number}"
        case GiftReceiptPrinted() as event:
            return f"פתק החלפה של {event.number}"
        case TenderCorrected() as event:
            return f"אמצעי התשלום של {event.sale} תוקן"
        case NumbersSkipped() as event:
            return f"מספרים שדולגו {event.first}-{event.last} ({event.why})"
        case ReportPrinted() as event:
            return f"דוח {event.kind.upper()} {event.number or ''} {_money(event.total_minor)}"
        case ShiftOpened() as event:
            return f"פתיחת משמרת {event.number}, מזומן פתיחה {_money(event.float_minor)}"
        case ShiftClosed() as event:
            return f"סגירת משמרת {event.number}, נספרו {_money(event.counted_minor)}"
        case CashMoved() as event:
            return f"{_CASH[event.kind]} {_money(event.amount_minor)}"
        case TrainingStarted():
            return "התחלת תרגול"
        case TrainingEnded() as event:
            return f"סיום תרגול, {event.papers} מסמכים"
    return "פתיחת מגירה"


class _TapeSums:
    """Totals of a day."""

    def __init__(self) -> None:
        self.z: list[int] = []
        self._sums: dict[str, int] = defaultdict(int)
        self._off_minor = 0

    def add(self, paper: FiscalPaper) -> None:
        cash_minor = sum(one.amount_minor for one in paper.tenders if one.kind.startswith("cash"))
        self._sums["מכירות במזומן"] += min(cash_minor, paper.total_minor) if cash_minor > 0 else cash_minor
        rest_minor = paper.total_minor - (min(cash_minor, paper.total_minor) if cash_minor > 0 else cash_minor)
        self._sums["מכירות באשראי ובאמצעים אחרים"] += rest_minor
        for name, minor in documents_of_kinds(paper).items():
            self._sums[name] += minor
        self._off_minor += sum(line.listed_minor - line.gross_minor for line in paper.lines)

    def lines(self) -> Iterator[str]:
        yield "-" * 40
        for name, minor in self._sums.items():
            yield f"{name} {_money(minor)}"
        yield f"הנחות {_money(self._off_minor)}"
        yield f"דוח Z {', '.join(map(str, self.z)) or 'לא הופק'}"


def _money(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
