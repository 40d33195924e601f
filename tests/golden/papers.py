"""The papers whose looks are kept: each with its printer and language. Everything in them is made up and fixed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from edge.core.messages import Event, RecordedEvent
from edge.counter.basket import money_back
from edge.counter.basket.basket import AdvanceHeld, Basket, BasketLine
from edge.counter.basket.event_structs import Discount, ScannedData, Tender
from edge.counter.kitchen.events import Entry, Slip, SlipsPrinted
from edge.counter.kitchen.handlers import SlipSettings, slip_paper
from edge.counter.shifts import rules as shift_rules
from edge.counter.shifts.events import CashMoved, Pieces, ShiftOpened
from edge.counter.shifts.handlers import move_paper, shift_paper
from edge.counter.shifts.rules import Drawer
from edge.counter.shifts.settings import ShiftSettings
from edge.counter.till.after_sale import receipts
from edge.counter.till.events import BasketAbandoned, ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.paying.advances import advance_line
from edge.counter.till.rules import day_totals, payment
from edge.counter.till.rules import refund as refunding
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.printing.labels import Labelled, place_label, shelf_label, weighed_label
from edge.lib.codes.rules import make_rules
from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.runtime.config.device_uses import PaperOptions

ENDS = (("en", "TM-T88V"), ("fr", "TM-T20III"), ("he", "default-32"))
AT_US = 1_795_169_712_000_000
"""2026-11-20 10:15:12 UTC."""
SHOPS = {
    "en": ("EUR", ("Corner Shop", "1 High Street"), "GB123456789", "Thank you, and goodbye!"),
    "fr": ("EUR", ("Épicerie du coin", "1, rue de l'Église"), "FR12345678901", "Merci de votre visite, à bientôt !"),
    "he": ("ILS", ("מכולת הפינה", "רחוב הרצל 1, תל אביב"), "514123456", "תודה שקניתם אצלנו!"),
}
GOODS = {
    "milk": {"en": "Milk 3% 1 l", "fr": "Lait entier 1 l", "he": "חלב תנובה 3% 1 ליטר"},
    "coffee": {
        "en": "Coffee, ground, 250 g",
        "fr": "Café moulu, œuvre de « Noël », 250 g",
        "he": "קפה טורקי (100%) 250 גרם",
    },
    "tomatoes": {"en": "Tomatoes", "fr": "Tomates", "he": "עגבניות"},
    "cola": {"en": "Coca-Cola Zero 1.5 l", "fr": "Coca-Cola Zéro 1,5 l", "he": "Coca-Cola זירו 1.5 ליטר"},
    "wine": {
        "en": "Red wine from a hill far away, the good one, 750 ml",
        "fr": "Côtes du Rhône",
        "he": 'יין אדום מהגליל, 750 מ"ל',
    },
}


class Golden(msgspec.Struct, frozen=True):
    """One paper: its `name` is that of its files."""

    name: str
    document: Document
    options: PaperOptions


def settings(language: str, inclusive: bool = True, cash_step_minor: int = 1) -> TillSettings:
    currency, header, tax_number, footer = SHOPS[language]
    name = {"en": "VAT", "fr": "TVA", "he": 'מע"מ'}[language]
    classes = (
        TaxClass("standard", (Rate(name, 18_000 if language == "he" else 20_000),)),
        TaxClass("reduced", (Rate(name, 5_500),)),
        TaxClass("exempt"),
    )
    table = TaxTable(inclusive, "total", classes)
    return TillSettings(currency, table, tax_number, header, (footer,), language, "UTC", cash_step_minor, make_rules())


def line(id: int, sku: str, price_minor: int, quantity: int = 1000, **more: object) -> BasketLine:
    unit = "kg" if sku == "tomatoes" else "piece"
    tax_class = {"tomatoes": "exempt", "milk": "reduced"}.get(sku, "standard")
    return BasketLine(id, sku, "", GOODS[sku], unit, quantity, price_minor, tax_class, **more)  # type: ignore[arg-type]


MIXED = (
    line(1, "milk", 120),
    line(2, "coffee", 549, quantity=2000),
    line(3, "cola", 230, voided=True),
    line(4, "tomatoes", 399, quantity=756),
    line(5, "wine", 1190, listed_minor=1490, reason="dented"),
)

PROMOTIONS = {
    "two": {"en": "Coffee: 2 for 10", "fr": "Café : 2 pour 10", "he": "קפה: 2 ב-10"},
    "week": {
        "en": "The week of fresh vegetables, 10% off",
        "fr": "La semaine des légumes frais, -10 %",
        "he": "שבוע הירקות, 10% הנחה",
    },
}
PROMOTED = (
    line(1, "milk", 120),
    line(2, "coffee", 549, quantity=2000, discounts=(Discount("two", 98),)),
    line(3, "tomatoes", 399, quantity=756, discounts=(Discount("week", 30),)),
)


def sale(
    shop: TillSettings,
    lines: tuple[BasketLine, ...],
    *tenders: Tender,
    number: int = 42,
    advance: AdvanceHeld | None = None,
) -> SaleCompleted:
    """What the rules of the till make of it: the golden papers show what a till would print."""
    used = {discount.promotion for line in lines for discount in line.discounts}
    promotions = {id: names for id, names in PROMOTIONS.items() if id in used}
    basket = Basket("1", lines=lines, tenders=tenders[:-1], promotions=promotions, advance=advance)
    last = tenders[-1]
    done = payment.pay(basket, last.kind, last.amount_minor, last.reference, shop)
    assert isinstance(done, SaleCompleted), done
    return msgspec.structs.replace(done, number=number)


def fact(event: Event, register: str = "1") -> RecordedEvent:
    return RecordedEvent(1, 1, bytes(16), register, "cashier", "cashier", "2026-11-20", AT_US, event)


def goldens() -> Iterator[Golden]:
    """All of them."""
    for language, profile in (("en", "TM-T88V"), ("fr", "TM-T20III"), ("he", "TM-T88V"), ("he", "default")):
        yield from _sales(language, profile)
    for language, profile in (("en", "POS-5890"), ("fr", "58T"), ("he", "default-32"), ("he", "POS-5890")):
        yield _mixed(language, profile)
    for language, profile in (("en", "TM-T88V"), ("fr", "58T"), ("he", "default-32")):
        yield from _promoted(language, profile)
    for language, profile in ENDS:
        yield from _paid_ahead(language, profile)
    yield from (_proved(language, profile) for language, profile in ENDS)
    yield from (_labelled(language, profile) for language, profile in (("fr", "TM-T20III"), ("he", "default-32")))
    for profile in ("TM-T88V", "TM-T20III", "default-32"):
        yield from (_refund(language, profile) for language in SHOPS)
    yield from _day()
    yield from (_shift(language, profile) for language, profile in ENDS)
    yield from (_cleared(language, profile) for language, profile in ENDS)
    yield from (_moved(language, profile) for language, profile in ENDS)
    yield from _labels()
    for profile in ("TM-T88V", "TM-T20III", "default-32"):
        yield from (_slip(language, profile) for language in SHOPS)


def _mixed(language: str, profile: str) -> Golden:
    shop = settings(language)
    event = sale(shop, MIXED, Tender("cash", 5000))
    return _golden("sale", language, profile, receipts.of_sale(event, fact(event), shop))


def _proved(language: str, profile: str) -> Golden:
    """A sale with the code that opens it on a phone."""
    shop, proof = settings(language), "https://corner.local:8010/receipt/1-42/3f9c2a7be1d04586f0a1"
    event = sale(shop, MIXED, Tender("cash", 5000))
    return _golden("proved", language, profile, receipts.of_sale(event, fact(event), shop, proof=proof))


def _promoted(language: str, profile: str) -> Iterator[Golden]:
    shop = settings(language)
    event = sale(shop, PROMOTED, Tender("cash", 2000))
    yield _golden("promoted", language, profile, receipts.of_sale(event, fact(event), shop))
    if language == "en":
        sums = day_totals.sums_of([event])
        yield _golden("promoted-report", language, profile, _report(sums, "z", fact(event), shop))


def _paid_ahead(language: str, profile: str) -> Iterator[Golden]:
    """An advance on an order, the sale that it pays a part of, what goes back, and the day of all three."""
    shop = settings(language)
    ahead = sale(shop, (advance_line("o12345678", "T17", 1500),), Tender("cash", 2000))
    fetched = sale(shop, MIXED, Tender("card", 1710), number=43, advance=AdvanceHeld("o12345678", "T17", 1000))
    way = refunding.RefundMethod(reason="")
    back = refunding.part_back(ahead, 500, refunding.AlreadyRefunded(), way, shop)
    assert isinstance(back, SaleRefunded), back
    back = msgspec.structs.replace(back, number=44, sale_register="1")
    yield _golden("advance", language, profile, receipts.of_sale(ahead, fact(ahead), shop))
    yield _golden("advance-used", language, profile, receipts.of_sale(fetched, fact(fetched), shop))
    yield _golden("advance-back", language, profile, receipts.of_refund(back, fact(back), shop))
    sums = day_totals.sums_of([ahead, fetched, back])
    yield _golden("advance-report", language, profile, _report(sums, "z", fact(fetched), shop))


def _labelled(language: str, profile: str) -> Golden:
    shop = settings(language)
    label = ScannedData("L-2026/7", date(2026, 11, 18), "SN0042", sold_expired=True)
    event = sale(shop, (line(1, "wine", 1190, label=label),), Tender("cash", 2000))
    return _golden("labelled", language, profile, receipts.of_sale(event, fact(event), shop))


def _sales(language: str, profile: str) -> Iterator[Golden]:
    yield _mixed(language, profile)
    if profile in ("TM-T20III", "default"):
        return
    shop = settings(language, inclusive=False)
    event = sale(shop, MIXED[:2], Tender("card", 1000, "8812"), Tender("cash", 1000))
    yield _golden("exclusive-split", language, profile, receipts.of_sale(event, fact(event), shop))
    shop = settings(language, cash_step_minor=5)
    event = sale(shop, (line(1, "milk", 123),), Tender("cash", 200))
    yield _golden("rounded-copy", language, profile, receipts.of_sale(event, fact(event), shop, copy=2))
    back = money_back.brought_by_tender(event.tenders, event.change_minor)
    void = SaleVoided(43, 42, shop.currency, event.total_minor + event.rounding_minor, "wrong customer", back)
    yield _golden("void", language, profile, receipts.of_void(void, event, fact(void), shop))
    event = sale(shop, MIXED, Tender("cash", 5000))
    yield _golden("gift", language, profile, receipts.of_gift(event, fact(event), shop))


def refund(shop: TillSettings, event: SaleCompleted, reason: str, number: int = 43) -> SaleRefunded:
    """Two of the goods come back, one of them broken."""
    wanted = (refunding.ReturnRequest(2, 1000, damaged=True), refunding.ReturnRequest(4))
    made = refunding.refund(event, wanted, refunding.AlreadyRefunded(), refunding.RefundMethod(reason=reason), shop)
    assert isinstance(made, SaleRefunded), made
    return msgspec.structs.replace(made, number=number, sale_register="2")


def _refund(language: str, profile: str) -> Golden:
    reason = {"en": "leaks", "fr": "Emballage abîmé", "he": "אריזה פגומה"}[language]
    shop = settings(language, cash_step_minor=5)
    event = refund(shop, sale(shop, MIXED, Tender("cash", 5000)), reason)
    copy = 1 if profile == "TM-T20III" else 0
    return _golden("refund", language, profile, receipts.of_refund(event, fact(event), shop, copy))


def _day() -> Iterator[Golden]:
    for language, profile, kind in (("en", "TM-T88V", "x"), ("fr", "TM-T20III", "z"), ("he", "default-32", "z")):
        shop = settings(language)
        events: list[SaleCompleted | SaleVoided | SaleRefunded] = [
            sale(shop, MIXED, Tender("cash", 5000), number=40),
            sale(shop, MIXED[:2], Tender("card", 800, "8812"), Tender("cash", 1000), number=41),
            sale(shop, MIXED[:1], Tender("cash", 120), number=42),
            SaleVoided(43, 42, shop.currency, 120, "wrong customer"),
            refund(shop, sale(shop, MIXED, Tender("cash", 5000), number=40), "", number=44),
        ]
        sums = msgspec.structs.replace(day_totals.sums_of(events), cleared=day_totals.Sum(2, 1990), copies=1)
        yield _golden(f"report-{kind}", language, profile, _report(sums, kind, fact(events[-1]), shop))


def _report(sums: day_totals.DaySums, kind: Literal["x", "z"], at: RecordedEvent, shop: TillSettings) -> Document:
    """Since the evening before; a Z is the twelfth of its register, and a shift is still open behind it."""
    number, since_us = (12, AT_US - 16 * 3600 * 1_000_000) if kind == "z" else (0, AT_US - 3600 * 1_000_000)
    currency, counts = shop.currency, (sums.sales.count, sums.voids.count, sums.total_minor, sums.refunds.count)
    unsettled = TemplateBlock("till/unsettled", {"shop": {"currency": currency}, "papers": 1, "paid_minor": 0})
    report = ReportPrinted(kind, currency, *counts, number, since_us, 1_234_567, sums, (unsettled,))
    return receipts.of_report(report, sums, at, shop)


def _cleared(language: str, profile: str) -> Golden:
    """A basket of which a part had been paid by card and another in cash."""
    shop = settings(language)
    back = money_back.brought_by_tender((Tender("card", 1000, "8812"), Tender("cash", 500)))
    event = BasketAbandoned(MIXED, AT_US, 1500, back, 2710)
    return _golden("cleared", language, profile, receipts.of_cleared(event, fact(event), shop))


def _shift(language: str, profile: str) -> Golden:
    """A shift with everything in it; in French it fits, and was counted as a sum."""
    shop, fits = settings(language), language == "fr"
    drawer = shift_rules.open_drawer_shift(Drawer(), ShiftOpened(7, shop.currency, 15_000))
    big = [sale(shop, MIXED, Tender("cash", 5000), number=number) for number in (40, 41)]
    paid = sale(shop, MIXED[:2], Tender("card", 800, "8812"), Tender("cash", 1000), number=42)
    void = SaleVoided(43, 42, shop.currency, paid.total_minor, "")
    for paper in (*big, paid, void, refund(shop, big[0], "", number=44)):
        drawer = shift_rules.with_paper(drawer, paper)
    for kind, minor in (("top_up", 2000), ("payout", 350), ("drop", 10_000)):
        drawer = shift_rules.with_move(drawer, CashMoved(7, shop.currency, kind, minor, ""))  # type: ignore[arg-type]
    drawer = msgspec.structs.replace(drawer, opened=2)
    pieces = () if fits else (Pieces(5000, 1), Pieces(2000, 1), Pieces(1000, 2), Pieces(50, 7))
    counted = drawer.expected_minor if fits else sum(piece.value_minor * piece.count for piece in pieces)
    note = {"en": "two rolls torn", "fr": "", "he": "שני גלילים קרועים"}[language]
    event = shift_rules.close_drawer(drawer, shop.currency, counted, pieces, note)
    ours = ShiftSettings(shop.currency, shop.header, language)
    document = shift_paper(event, AT_US - 8 * 3600 * 1_000_000, ("Ann", "cashier"), fact(event), ours, {})
    return _golden("shift", language, profile, document)


def _moved(language: str, profile: str) -> Golden:
    """Money paid out of the drawer for something that is named."""
    shop = settings(language)
    reason = {"en": "window cleaner", "fr": "laveur de vitres", "he": "מנקה חלונות"}[language]
    event = CashMoved(7, shop.currency, "payout", 4350, reason)
    document = move_paper(event, "Ann", fact(event), ShiftSettings(shop.currency, shop.header, language))
    return _golden("moved", language, profile, document)


def _slip(language: str, profile: str) -> Golden:
    """News of an order: a new line, one of another quantity, one cancelled, something weighed."""
    note = {"en": "Table 5", "fr": "Table 5, près de la fenêtre", "he": "שולחן 5"}[language]
    entries = (
        Entry(1, "coffee", GOODS["coffee"], "piece", 2000, 0),
        Entry(2, "cola", GOODS["cola"], "piece", 3000, 1000),
        Entry(3, "wine", GOODS["wine"], "piece", 0, 1000),
        Entry(4, "tomatoes", GOODS["tomatoes"], "kg", 756, 0),
    )
    receipt = 42 if profile == "TM-T20III" else 0
    event = SlipsPrinted("sent", 17, note, receipt, (Slip("bar", entries),))
    document = slip_paper(SlipSettings((), language), event, event.slips[0], fact(event))
    return _golden("slip", language, profile, document)


def _labels() -> Iterator[Golden]:
    coffee = Labelled(GOODS["coffee"], 549, "piece", "4006381333931", 2196)
    tomatoes = Labelled(GOODS["tomatoes"], 399, "kg")
    for language, profile in (("en", "TM-T88V"), ("fr", "TM-T20III"), ("he", "default-32")):
        currency = SHOPS[language][0]
        yield _golden("label-shelf", language, profile, shelf_label(coffee, currency, language))
        weighed = weighed_label(tomatoes, 756, "2100010003027", currency, language)
        yield _golden("label-weighed", language, profile, weighed)
        rooftop = {"en": "Rooftop", "fr": "Toit-terrasse", "he": "גג"}
        yield _golden("label-place", language, profile, place_label("rooftop", rooftop, language))


def _golden(name: str, language: str, profile: str, document: Document) -> Golden:
    return Golden(f"{name}-{language}-{profile.lower()}", document, PaperOptions(profile=profile))
