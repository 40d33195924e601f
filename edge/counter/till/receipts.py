"""A sale as paper: which template, and what it is filled with. Pure; laid out when it is printed, not while selling.

The templates are `papers/*.xml`; what they can use is in `edge/foundation/printing/templates.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from edge.core.messages import RecordedEvent
from edge.counter.basket import totals
from edge.counter.basket.basket import Basket
from edge.counter.basket.sums import DaySums
from edge.counter.basket.taxed_total import Taxation
from edge.counter.till.events import (
    BasketAbandoned,
    ReportPrinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.document import AnyRow, Document, TemplateBlock
from edge.foundation.printing.personal import Named
from edge.lib.i18n import name_in
from edge.lib.units.receipt_number import GIFT, shown_number
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.slip import refund_lines, slip_lines

NOBODY_CALLED: Mapping[str, Named] = MappingProxyType({})
PROOF = "proof"
"""Of the data of a sale's paper: what its own QR code holds. Law's codes take its place (`edge/accounting/fiscal`)."""
CardLeft = tuple[str, int]
"""The last letters of a gift card's code, and what is on it."""


def without_proof(row: AnyRow) -> AnyRow:
    """A row of a paper without the QR code that proves it: where law has its own, and where nothing is proved."""
    if not isinstance(row, TemplateBlock) or PROOF not in row.data:
        return row
    return msgspec.structs.replace(row, data={name: value for name, value in row.data.items() if name != PROOF})


def of_sale(
    sale: SaleCompleted,
    fact: RecordedEvent,
    settings: TillSettings,
    copy: int = 0,
    credit: tuple[str, int] | None = None,
    left: tuple[CardLeft, ...] = (),
    proof: str = "",
) -> Document:
    """The receipt of a sale; `copy` above 0 says so in large letters. `credit`: as in `of_refund`. `left`: what gift
    cards hold behind it, which a copy of later days does not say. `proof`: what its own QR code holds ("": none).
    """
    data = _header_values(sale.number, fact)
    if not sale.taxes_included and sale.tax:
        data["saved_minor"] = totals.saved_of(sale.lines, Taxation(sale.tax, sale.tax_ahead))
    if left:
        data["cards_left"] = left
    if proof:
        data[PROOF] = proof
    return _paper(
        "till/sale", settings, sale=sale, copy=copy, credit=credit or (), code=_code(data["number"], settings), **data
    )


def of_bill(
    basket: Basket, sums: totals.Totals, fact: RecordedEvent, settings: TillSettings, guests: int = 0
) -> Document:
    """What a basket comes to before it is paid; `guests` above 1: also what each of so many pays of what is due."""
    shares = [(guests, -(-sums.due_minor // guests))] if guests > 1 else []
    return _paper(
        "till/bill",
        settings,
        lines=basket.sold,
        sums=sums,
        called=basket.name or (basket.up.called if basket.up else ""),
        off_minor=basket.discount_minor,
        taxes_included=settings.tax.inclusive,
        shares=shares,
        **_moment(fact),
    )


def of_signature(paid: Payment, at_us: int, settings: TillSettings) -> Document:
    """The slip of a card, which its holder signs for the shop."""
    lines = slip_lines(paid, settings.language, for_shop=True)
    return _paper("till/to_sign", settings, lines=lines, amount_minor=paid.taken_minor, at_us=at_us)


def of_card_refund(back: CardRefund, paid: Payment, at_us: int, settings: TillSettings) -> Document:
    """The slip that says that money went back to a card, for its holder."""
    lines = refund_lines(back, paid, settings.language)
    return _paper("till/card_refund", settings, lines=lines, amount_minor=back.amount_minor, at_us=at_us)


def of_gift(sale: SaleCompleted, fact: RecordedEvent, settings: TillSettings) -> Document:
    """The receipt of a sale for who is given what was bought: no prices."""
    data = _header_values(sale.number, fact)
    return _paper("till/gift", settings, sale=sale, copy=0, code=GIFT + data["number"], **data)


def of_void(
    void: SaleVoided,
    sale: SaleCompleted | None,
    fact: RecordedEvent,
    settings: TillSettings,
    copy: int = 0,
    credit: tuple[str, int] | None = None,
) -> Document:
    """The receipt that says that a sale was undone. `credit`: as in `of_refund`.
    What was typed of it stands on it as the journal keeps it."""
    of = shown_number(fact.register, void.sale)
    data = _header_values(void.number, fact)
    return _paper("till/void", settings, void=fact.event, sale=sale, of=of, copy=copy, credit=credit or (), **data)


def of_refund(
    refund: SaleRefunded,
    fact: RecordedEvent,
    settings: TillSettings,
    copy: int = 0,
    credit: tuple[str, int] | None = None,
) -> Document:
    """The receipt of what came back: which goods, and the money that went out for them. `credit`: the code of a card
    that was made for it, which is printed this once, and what is on it."""
    of = shown_number(refund.sale_register, refund.sale) if refund.sale else ""
    return _paper(
        *("till/refund", settings),
        refund=fact.event,
        of=of,
        copy=copy,
        credit=credit or (),
        **_header_values(refund.number, fact),
    )


def of_correction(event: TenderCorrected, fact: RecordedEvent, settings: TillSettings) -> Document:
    """That a sale was paid otherwise than its receipt says. It has no number of its own."""
    of = shown_number(fact.register, event.sale)
    return _paper("till/corrected", settings, correction=event, of=of, register=fact.register, **_moment(fact))


def of_cleared(cleared: BasketAbandoned, fact: RecordedEvent, settings: TillSettings) -> Document:
    """What went back of a basket that was cleared away part-paid. It has no number."""
    return _paper("till/cleared", settings, cleared=cleared, register=fact.register, **_moment(fact))


def of_report(
    report: ReportPrinted,
    sums: DaySums,
    fact: RecordedEvent,
    settings: TillSettings,
    copy: int = 0,
    people: Mapping[str, Named] = NOBODY_CALLED,
) -> Document:
    """The X or Z report of a register, with what other capabilities said of it. `people`: how those are called who took
    something off prices."""
    about = {"register": fact.register, "since_us": report.since_us or fact.at_us, **_moment(fact)}
    form = _paper("till/report", settings, report=report, sums=sums, copy=copy, people=dict(people), **about)
    return Document(form.language, (*form.rows, *report.besides))


def of_fact(
    fact: RecordedEvent,
    sale_by_number: Callable[[int], SaleCompleted | None],
    settings: TillSettings,
    copy: int,
    proof: str = "",
) -> Document:
    """The receipt of whatever stands at a row of the journal. `TypeError`: no receipt ever stood for it."""
    match fact.event:
        case SaleCompleted() as sale:
            return of_sale(sale, fact, settings, copy, proof=proof)
        case SaleVoided() as void:
            return of_void(void, sale_by_number(void.sale), fact, settings, copy)
        case SaleRefunded() as refund:
            return of_refund(refund, fact, settings, copy)
    raise TypeError(f"{type(fact.event).__name__} has no receipt")


def _paper(template: str, settings: TillSettings, **data: Any) -> Document:
    shop = {
        "header": settings.header,
        "footer": settings.footer,
        "tax_number": settings.tax_number,
        "zone": settings.zone,
        "country": settings.country,
        "currency": settings.currency,
        "without": settings.receipt_without,
        "tenders": {own.id: name_in(own.names, settings.language) for own in settings.tenders},
    }
    return Document(settings.language, (TemplateBlock(template, {"shop": shop, **data}),))


def _header_values(number: int, fact: RecordedEvent) -> dict[str, Any]:
    """What every paper of a register says of itself."""
    return {"number": shown_number(fact.register, number), **_moment(fact)}


def _moment(fact: RecordedEvent) -> dict[str, Any]:
    """When it was, and whether the clock that says so was believed."""
    return {"at_us": fact.at_us, "day": fact.business_date, "doubted": fact.clock != "ok"}


def _code(number: str, settings: TillSettings) -> str:
    """A receipt's number as its bar code has it: scanned, it is known for a receipt's."""
    for prefix, kind in settings.codes.prefixes:
        if kind == "receipt" and prefix != GIFT:
            return prefix + number
    return number
