"""A till's paper as tax authorities see it: the only input of signatures and files. Pure.

Amounts are signed: refunds are negative. The lines' total with tax equals the amount paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import RecordedEvent
from edge.counter.basket.event_structs import RecordedLine, Tender
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.lib.i18n import name_in
from edge.lib.tax.rules import FULL, Taxed, TaxTable
from edge.lib.units.money import divide_half_up

FiscalKind = Literal["sale", "refund", "void", "exchange"]
ReadPaper = Callable[[str, int], RecordedEvent | None]
"""Reads a register's paper by number, with corrected tenders."""
ROUNDING = "rounding"
DEPOSIT = "deposit"


class PaperId(msgspec.Struct, frozen=True, order=True):
    """The register and number of a paper."""

    register: str
    number: int


class FiscalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `kind`: as on the till, or a deposit or cash rounding. `rate`: in thousandths of a percent;
    `listed_minor`: before discounts. `apart`: not revenue. `basis`: the paper that sold the returned goods."""

    kind: str
    article: str
    label: str
    quantity_thousandths: int
    unit: str
    rate: int
    gross_minor: int
    net_minor: int
    listed_minor: int
    apart: bool = False
    basis: PaperId | None = None


class FiscalTender(msgspec.Struct, frozen=True):
    """Money received, less change; negative if paid out. `order`: the order that an advance is for; `foreign_minor`:
    foreign notes, in minor units of their currency."""

    kind: str
    amount_minor: int
    order: str = ""
    foreign_minor: int = 0


def _tender(one: Tender, sign: int) -> FiscalTender:
    return FiscalTender(one.kind, sign * one.amount_minor, one.order, sign * one.foreign_minor)


class FiscalPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper. `at`: local time in the shop's zone. `taxes`: by rate, without untaxed lines."""

    id: PaperId
    seq: int
    kind: FiscalKind
    day: str
    at: datetime
    operator: str
    currency: str
    lines: tuple[FiscalLine, ...]
    taxes: tuple[Taxed, ...]
    tenders: tuple[FiscalTender, ...]
    basis: PaperId | None = None
    undoes: Literal["", "sale", "refund"] = ""

    @property
    def apart_minor(self) -> int:
        return sum(line.gross_minor for line in self.lines if line.apart)

    @property
    def total_minor(self) -> int:
        """The paper's revenue with tax."""
        return sum(line.gross_minor for line in self.lines if not line.apart)

    @property
    def name(self) -> str:
        return f"{self.id.register}-{self.id.number}"

    def negate(self) -> FiscalPaper:
        """The reversal of this whole paper."""
        flip = msgspec.structs.replace
        return flip(
            self,
            lines=tuple(
                flip(
                    line,
                    quantity_thousandths=-line.quantity_thousandths,
                    gross_minor=-line.gross_minor,
                    net_minor=-line.net_minor,
                    listed_minor=-line.listed_minor,
                )
                for line in self.lines
            ),
            taxes=tuple(row.reversed_row for row in self.taxes),
            tenders=tuple(
                flip(one, amount_minor=-one.amount_minor, foreign_minor=-one.foreign_minor) for one in self.tenders
            ),
        )


def paper_of(fact: RecordedEvent, read: ReadPaper, zone: ZoneInfo, table: TaxTable, language: str) -> FiscalPaper:
    """The paper of an event. `table`: taxes for goods without a receipt. Raises `LookupError` if the paper it reverses
    is missing, and `TypeError` if the event isn't a paper."""
    match fact.event:
        case SaleCompleted() as sale:
            return _sale_paper(fact, sale, read, zone, table, language)
        case SaleRefunded() as refund:
            return _refund_paper(fact, refund, read, zone, table, language)
        case SaleVoided() as void:
            undone = read(fact.register, void.sale)
            if undone is None:
                raise LookupError(f"the paper {fact.register}-{void.sale}, which {void.number} voids, is missing")
            whole = paper_of(undone, read, zone, table, language).negate()
            own = _head(fact, void.number, void.currency, zone)
            tenders = whole.tenders if void.undoes == "refund" else _void_tenders(void, whole)
            basis = PaperId(fact.register, void.sale)
            lines = whole.lines if void.undoes == "refund" else tuple(_back_of(line, basis) for line in whole.lines)
            return msgspec.structs.replace(
                whole, **own, kind="void", basis=basis, undoes=void.undoes, tenders=tenders, lines=lines
            )
    raise TypeError(f"{type(fact.event).__name__} isn't a document")


def _back_of(line: FiscalLine, basis: PaperId) -> FiscalLine:
    """A line of a voided sale, with that sale as its basis."""
    return line if line.apart or line.basis else msgspec.structs.replace(line, basis=basis)


def _void_tenders(void: SaleVoided, whole: FiscalPaper) -> tuple[FiscalTender, ...]:
    """The actual refunds of a void. Any amount not stated is refunded to its original tender."""
    back = tuple(_tender(one, -1) for one in void.tenders)
    taken = tuple(_tender(one, 1) for goods in void.refunds for one in goods.tenders)
    found = (*back, *taken)
    wanted_minor = sum(one.amount_minor for one in whole.tenders)
    return found if sum(one.amount_minor for one in found) == wanted_minor else whole.tenders


def _sale_paper(
    fact: RecordedEvent, sale: SaleCompleted, read: ReadPaper, zone: ZoneInfo, table: TaxTable, language: str
) -> FiscalPaper:
    by = sale.tax or table
    lines = list(_lines(sale.lines, by, language, 1))
    for goods in sale.returns:
        origin = read(goods.register, goods.sale)
        was = origin.event.tax if origin and isinstance(origin.event, SaleCompleted) else None
        lines += _lines(goods.lines, was or by, language, -1, PaperId(goods.register, goods.sale))
    lines = _with_nets(lines, sale.taxes, sale.taxes_included)
    tenders = [_tender(one, 1) for one in sale.tenders]
    tenders += [_tender(one, -1) for one in sale.back]
    bought = any(not line.basis and not line.apart for line in lines)
    return FiscalPaper(
        **_head(fact, sale.number, sale.currency, zone),
        kind="exchange" if sale.returns and bought else "refund" if sale.returns else "sale",
        lines=_with_rounding(lines, sale.rounding_minor),
        taxes=sale.taxes,
        tenders=_less_change(tenders, sale.change_minor),
        basis=PaperId(sale.returns[0].register, sale.returns[0].sale) if sale.returns else None,
    )


def _refund_paper(
    fact: RecordedEvent, refund: SaleRefunded, read: ReadPaper, zone: ZoneInfo, table: TaxTable, language: str
) -> FiscalPaper:
    basis = PaperId(refund.sale_register, refund.sale) if refund.sale else None
    origin = read(basis.register, basis.number) if basis else None
    by = origin.event.tax if origin and isinstance(origin.event, SaleCompleted) else None
    taxes = _negate_taxes(refund.taxes)
    lines = _with_nets(list(_lines(refund.lines, by or table, language, -1, basis)), taxes, refund.taxes_included)
    return FiscalPaper(
        **_head(fact, refund.number, refund.currency, zone),
        kind="refund",
        lines=_with_rounding(lines, -refund.rounding_minor),
        taxes=taxes,
        tenders=tuple(_tender(one, -1) for one in refund.tenders),
        basis=basis,
    )


def _head(fact: RecordedEvent, number: int, currency: str, zone: ZoneInfo) -> dict[str, Any]:
    at = datetime.fromtimestamp(fact.at_us // 1_000_000, zone).replace(tzinfo=None)
    return {
        "id": PaperId(fact.register, number),
        "seq": fact.seq,
        "day": fact.business_date,
        "at": at,
        "operator": fact.actor,
        "currency": currency,
    }


def _lines(
    recorded: Iterable[RecordedLine], by: TaxTable, language: str, sign: int, basis: PaperId | None = None
) -> Iterator[FiscalLine]:
    for line in recorded:
        if line.voided:
            continue
        apart = not line.is_revenue
        tax_class = None if apart else by.find(line.tax_class)
        yield FiscalLine(
            kind=line.kind,
            article=line.sku or line.code,
            label=name_in(line.names, language),
            quantity_thousandths=sign * line.quantity,
            unit=line.unit,
            rate=sum(rate.rate for rate in tax_class.rates) if tax_class else 0,
            gross_minor=sign * line.amount_minor,
            net_minor=sign * line.amount_minor,
            listed_minor=sign * line.gross_minor,
            apart=apart,
            basis=basis,
        )
        if deposit_minor := sign * line.deposits_minor:
            yield FiscalLine(
                kind=DEPOSIT,
                article=line.sku or line.code,
                label=name_in(line.names, language),
                quantity_thousandths=sign * line.goods,
                unit=line.unit,
                rate=0,
                gross_minor=deposit_minor,
                net_minor=deposit_minor,
                listed_minor=deposit_minor,
                basis=basis,
            )


def _with_nets(lines: list[FiscalLine], taxes: Iterable[Taxed], included: bool) -> list[FiscalLine]:
    """Lines with amounts before and after tax. Running rounding makes their sums equal the paper's to the cent."""
    taxes = tuple(taxes)
    by_rate = {row.rate: row.tax_minor for row in taxes}
    groups: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        if not line.apart and line.rate:
            groups.setdefault(line.rate, []).append(place)
    all_minor = sum(row.tax_minor for row in taxes)
    one_each = set(by_rate) == set(groups)
    found = list(lines)
    for places in groups.values() if one_each else [[at for group in groups.values() for at in group]]:
        tax_minor = by_rate[lines[places[0]].rate] if one_each and places else all_minor
        for at, part_minor in zip(places, _shares([lines[at] for at in places], tax_minor, included), strict=True):
            line = lines[at]
            gross_minor = line.gross_minor if included else line.gross_minor + part_minor
            found[at] = msgspec.structs.replace(line, gross_minor=gross_minor, net_minor=gross_minor - part_minor)
    return found


def _shares(lines: list[FiscalLine], tax_minor: int, included: bool) -> list[int]:
    """A tax split over lines by their rates. Rounding remainders go to the largest fractions."""

    def weight(line: FiscalLine) -> int:
        """The line's tax in 1/FULL of a minor unit."""
        return line.gross_minor * line.rate * FULL // (FULL + line.rate) if included else line.gross_minor * line.rate

    weights = [weight(line) for line in lines]
    whole = sum(weights)
    shares, given_minor, passed = [], 0, 0
    for one in weights:
        passed += one
        due_minor = divide_half_up(tax_minor * passed, whole) if whole else 0
        shares.append(due_minor - given_minor)
        given_minor = due_minor
    if shares and given_minor != tax_minor:
        shares[-1] += tax_minor - given_minor
    return shares


def _with_rounding(lines: list[FiscalLine], rounding_minor: int) -> tuple[FiscalLine, ...]:
    if not rounding_minor:
        return tuple(lines)
    line = FiscalLine(
        kind=ROUNDING,
        article="",
        label="",
        quantity_thousandths=1000,
        unit="piece",
        rate=0,
        gross_minor=rounding_minor,
        net_minor=rounding_minor,
        listed_minor=rounding_minor,
        apart=True,
    )
    return (*lines, line)


def _less_change(tenders: list[FiscalTender], change_minor: int) -> tuple[FiscalTender, ...]:
    """Deduct change from the cash received. Without enough cash, add it as cash paid out, as with a voucher."""
    if not change_minor:
        return tuple(tenders)
    cash = next((at for at, one in enumerate(tenders) if one.kind == "cash"), None)
    if cash is None:
        return (*tenders, FiscalTender("cash", -change_minor))
    one = tenders[cash]
    tenders[cash] = FiscalTender(one.kind, one.amount_minor - change_minor)
    return tuple(tenders)


def _negate_taxes(taxes: Iterable[Taxed]) -> tuple[Taxed, ...]:
    return tuple(row.reversed_row for row in taxes)
