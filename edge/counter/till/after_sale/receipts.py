"""Papers of sales, as a template and its data. Pure. Papers are rendered when printed, not during the sale.

Templates are in `papers/*.xml`; their functions are in `edge/foundation/printing/templates.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

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
"""The data key of a sale's own QR code. QR codes required by law replace it (`edge/accounting/fiscal`)."""
CardLeft = tuple[str, int]
"""The last characters of a gift card's code, and its balance."""


def without_proof(row: AnyRow) -> AnyRow:
    """Return a paper's row without its proof QR code.

    Used when the law prescribes another code or there is nothing to prove.
    """
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
    """The receipt of a sale.

    `copy`: above 0, it's marked as a copy in large letters. `credit`: as in `of_refund`. `left`: gift card balances,
    not printed on later copies. `proof`: the content of its QR code ("": none).
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
    """The bill of a basket before payment; with `guests` above 1, also each guest's share."""
    shares = [(guests, -(-sums.due_minor // guests))] if guests > 1 else []
    return _paper(
        "till/bill",
        settings,
        lines=basket.sold_lines,
        sums=sums,
        called=basket.name or (basket.up.called if basket.up else ""),
        off_minor=basket.discount_minor,
        taxes_included=settings.tax.inclusive,
        shares=shares,
        **_moment(fact),
    )


def of_signature(paid: Payment, at_us: int, settings: TillSettings) -> Document:
    """The card slip that the cardholder signs; the shop keeps it."""
    lines = slip_lines(paid, settings.language, for_shop=True)
    return _paper("till/to_sign", settings, lines=lines, amount_minor=paid.taken_minor, at_us=at_us)


def of_card_refund(back: CardRefund, paid: Payment, at_us: int, settings: TillSettings) -> Document:
    """The slip of a card refund, for the cardholder."""
    lines = refund_lines(back, paid, settings.language)
    return _paper("till/card_refund", settings, lines=lines, amount_minor=back.amount_minor, at_us=at_us)


def of_gift(sale: SaleCompleted, fact: RecordedEvent, settings: TillSettings) -> Document:
    """A gift receipt, without prices."""
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
    """The receipt of a void. `credit`: as in `of_refund`. Text typed by users is printed as stored in the journal."""
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
    """The receipt of a refund: returned goods and money paid out.

    `credit`: the code and balance of a store credit card issued for it. The code is never printed again.
    """
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
    """The paper of a corrected tender. It has no number."""
    of = shown_number(fact.register, event.sale)
    return _paper("till/corrected", settings, correction=event, of=of, register=fact.register, **_moment(fact))


def of_cleared(cleared: BasketAbandoned, fact: RecordedEvent, settings: TillSettings) -> Document:
    """The paper of a part-paid basket that was cleared, with the money returned. It has no number."""
    return _paper("till/cleared", settings, cleared=cleared, register=fact.register, **_moment(fact))


def of_report(
    report: ReportPrinted,
    sums: DaySums,
    fact: RecordedEvent,
    settings: TillSettings,
    copy: int = 0,
    people: Mapping[str, Named] = NOBODY_CALLED,
) -> Document:
    """A register's X or Z report, with other capabilities' additions.

    `people`: names of the users who gave discounts. Where receipts have a proof, the report ends with the address that
    explains its figures.
    """
    about = {"register": fact.register, "since_us": report.since_us or fact.at_us, **_moment(fact)}
    form = _paper("till/report", settings, report=report, sums=sums, copy=copy, people=dict(people), **about)
    rows = (*form.rows, *report.besides)
    if settings.proof_at:
        rows += (opens_on_phone(settings.proof_at + figures_path(fact, report)),)
    return Document(form.language, rows)


def opens_on_phone(address: str) -> TemplateBlock:
    """The QR code on a paper that opens its figures at an address."""
    return TemplateBlock("till/opens", {"address": address})


def figures_path(fact: RecordedEvent, report: ReportPrinted) -> str:
    """The path of the manager's page that explains each figure of a report."""
    of_z = {"of": fact.register, "z": report.number}
    return "/manager/explained?" + urlencode(of_z if report.number else {"x": fact.seq})


def of_fact(
    fact: RecordedEvent,
    sale_by_number: Callable[[int], SaleCompleted | None],
    settings: TillSettings,
    copy: int,
    proof: str = "",
) -> Document:
    """The receipt of an event in the journal. Raises `TypeError` if such an event has no receipt."""
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
    """Data common to every paper of a register."""
    return {"number": shown_number(fact.register, number), **_moment(fact)}


def _moment(fact: RecordedEvent) -> dict[str, Any]:
    """The time, and whether the clock was reliable."""
    return {"at_us": fact.at_us, "day": fact.business_date, "doubted": fact.clock != "ok"}


def _code(number: str, settings: TillSettings) -> str:
    """The content of a receipt number's barcode. Scanners at the till recognise it as a receipt."""
    for prefix, kind in settings.codes.prefixes:
        if kind == "receipt" and prefix != GIFT:
            return prefix + number
    return number
