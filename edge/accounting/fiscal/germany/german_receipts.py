"""Till papers as receipts of Germany's DSFinV-K. Pure.

Goods paid with earlier money (an advance, a gift card) have a negative line rather than a payment, as the earlier
receipt had a positive one. The same applies to purchases on account until they're paid (DSFinV-K, appendix C). So
payments are always actual payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from edge.accounting.fiscal.fiscal_paper import DEPOSIT, ROUNDING, FiscalLine, FiscalPaper
from edge.accounting.fiscal.taxed_paper import PER_BASIS_POINT
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.closing import VAT_KEYS
from edge.lib.fiscal.germany.receipt import CASH, GermanLine, GermanPayment, GermanReceipt, GermanReference
from edge.lib.units.money import divide_half_up
from edge.money.tenders.tender import currency_of

NO_DEVICE = "Keine technische Sicherheitseinrichtung"
"""Notice printed on each paper if nothing is signed."""
UNTAXED = 5
_KEYS = MappingProxyType({rate: key for key, (rate, _) in VAT_KEYS.items()})
_CASES = MappingProxyType(
    {
        "load": "MehrzweckgutscheinKauf",
        "surplus": "MehrzweckgutscheinKauf",
        "tip": "TrinkgeldAN",
        "advance": "Anzahlungseinstellung",
    }
)
_SPENT = MappingProxyType(
    {
        "gift": "MehrzweckgutscheinEinloesung",
        "advance": "Anzahlungsaufloesung",
        "account": "Forderungsentstehung",
    }
)
_MEANS = MappingProxyType(
    {"card": ("Unbar", "Karte"), "credit": ("Unbar", "Guthaben"), "voucher": ("Unbar", "Gutschein")}
)


def receipt_of(paper: FiscalPaper, reference: GermanReference | None, foreign: bool = True) -> GermanReceipt:
    """A paper as a receipt. `foreign`: foreign notes are in their own currency. Raises `FiscalFault` for a tax rate
    without a German key."""
    lines = [*(_line(paper, line) for line in paper.lines), *_tender_lines(paper)]
    return GermanReceipt(
        id=paper.name,
        number=paper.id.number,
        began=paper.at,
        ended=paper.at,
        operator=paper.operator,
        terminal=paper.id.register,
        signing_fault=NO_DEVICE,
        lines=tuple(lines),
        payments=tuple(
            payment_of(one.kind, one.amount_minor, paper.currency, one.foreign_minor if foreign else 0)
            for one in paper.tenders
            if one.kind not in _SPENT and one.amount_minor
        ),
        void=paper.kind == "void",
        reference=reference,
    )


def _line(paper: FiscalPaper, line: FiscalLine) -> GermanLine:
    rate = line.rate // PER_BASIS_POINT
    if rate not in _KEYS:
        raise FiscalFault("rate", f"paper {paper.name}", f"Germany has no VAT key for a rate of {rate / 100:g} %.")
    quantity, gross_minor = line.quantity_thousandths, line.gross_minor
    return GermanLine(
        label=line.label or _case(line),
        vat_key=_KEYS[rate],
        net_minor=line.net_minor,
        tax_minor=gross_minor - line.net_minor,
        case=_case(line),
        case_name="Rundung" if line.kind == ROUNDING else "",
        article=line.article,
        quantity_thousandths=quantity,
        unit=line.unit,
        unit_price_minor=divide_half_up(abs(gross_minor) * 1000, abs(quantity)) if quantity else None,
    )


def _case(line: FiscalLine) -> str:
    """The line's business case (`GV_TYP`)."""
    if line.kind == ROUNDING:
        return "Aufschlag" if line.gross_minor > 0 else "Rabatt"
    if line.kind == DEPOSIT:
        return "Pfand" if line.gross_minor >= 0 else "PfandRueckzahlung"
    if line.kind == "advance" and line.gross_minor < 0:
        return _SPENT["advance"]
    return _CASES.get(line.kind, "Umsatz")


def _tender_lines(paper: FiscalPaper) -> Iterator[GermanLine]:
    """Tenders paid earlier or later than the sale, as lines."""
    for one in paper.tenders:
        if (case := _SPENT.get(one.kind)) and one.amount_minor:
            yield GermanLine(label=case, vat_key=UNTAXED, net_minor=-one.amount_minor, tax_minor=0, case=case)


def payment_of(kind: str, amount_minor: int, currency: str, foreign_minor: int = 0) -> GermanPayment:
    """A payment by a till's tender. Foreign notes are cash, too."""
    if foreign_minor:
        return GermanPayment(
            amount_minor=amount_minor, name=CASH, currency=currency_of(kind), foreign_minor=foreign_minor
        )
    if kind.startswith("cash"):
        return GermanPayment(amount_minor=amount_minor, name=CASH, currency=currency)
    means, name = _MEANS.get(kind, ("Unbar", kind))
    return GermanPayment(amount_minor=amount_minor, kind=means, name=name, currency=currency)
