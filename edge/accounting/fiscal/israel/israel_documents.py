"""Till papers as documents of Israel's uniform file: C100 with its D110 and D120. Pure.

A sale becomes a tax invoice with receipt (320), returned goods a credit (330), and amounts that aren't revenue a
receipt (400). A paper with several of these becomes several documents with one number. Amounts are positive, as the
document type implies the sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from types import MappingProxyType

import msgspec

from edge.accounting.fiscal.fiscal_paper import ROUNDING, FiscalLine, FiscalPaper, FiscalTender, PaperId
from edge.accounting.fiscal.taxed_paper import PER_BASIS_POINT
from edge.lib.fiscal.israel.records import DocumentHeader, DocumentPayment, DocumentRow
from edge.lib.fiscal.israel.uniform_file import UniformDocument
from edge.lib.tax.rules import FULL
from edge.lib.units.money import divide_half_up

SALE, CREDIT, RECEIPT = 320, 330, 400
NOBODY = "לקוח מזדמן"
ROUNDED = "עיגול"
SERVICE_DEAL, GOODS_DEAL = 1, 2
OTHER = 9
_MEANS = MappingProxyType(
    {"cash": 1, "cheque": 2, "check": 2, "card": 3, "transfer": 4, "gift": 5, "voucher": 5, "credit": 6}
)
_CALLED = MappingProxyType(
    {1: "מזומן", 2: "המחאה", 3: "כרטיס אשראי", 4: "העברה בנקאית", 5: "תווי קנייה", 6: "זיכוי חנות"}
)
_UNITS = MappingProxyType({"piece": "יחידה", "kg": 'ק"ג', "g": "גרם", "l": "ליטר", "ml": 'מ"ל', "m": "מטר"})
_APART = MappingProxyType(
    {"load": "טעינת כרטיס", "tip": "תשר", "advance": "מקדמה", "surplus": "יתרת שובר", "fee": "עמלת כרטיס"}
)


class InvoicedCustomer(msgspec.Struct, frozen=True):
    """The customer invoiced for a paper. `matching`: the last part of the document's number."""

    name: str = NOBODY
    key: str = "0"
    dealer_number: int = 0
    address: str = ""
    matching: str = ""


class Letters:
    """Assigns a letter to each register, in order of first use: A to Z, then AA."""

    def __init__(self, registers: Iterable[str]) -> None:
        self._of = {register: _letter(at) for at, register in enumerate(registers)}

    def number(self, paper: PaperId) -> str:
        """A document's number, such as `A00001234`."""
        return f"{self._of[paper.register]}{paper.number:08}"


def documents(
    paper: FiscalPaper, letters: Letters, customer: InvoicedCustomer, exempt: bool = False
) -> Iterator[UniformDocument]:
    """A paper's documents in the file."""
    rounding = [line for line in paper.lines if line.kind == ROUNDING]
    goods = [line for line in paper.lines if not line.apart]
    sold = [line for line in goods if line.quantity_thousandths >= 0]
    back = [_flip_line(line) for line in goods if line.quantity_thousandths < 0]
    apart = [line for line in paper.lines if line.apart and line.kind != ROUNDING]
    if sold or not (back or apart):
        sold += rounding
    elif back:
        back += [_flip_line(line) for line in rounding]
    else:
        apart += rounding
    sale = RECEIPT if exempt else SALE
    parts = [(sale, sold, 1), (RECEIPT, apart, 1), (CREDIT, back, -1)]
    made = [(type_, lines, sign) for type_, lines, sign in parts if lines]
    made = made or [(sale, [], 1)]
    if exempt and sold and apart:
        made = [(RECEIPT, [*sold, *apart], 1), *[one for one in made if one[0] == CREDIT]]
    paid = _tenders_by_part(paper.tenders, [(_sum(lines), sign) for _, lines, sign in made])
    for (type_, lines, _), tenders in zip(made, paid, strict=True):
        yield _document(paper, type_, lines, tenders, letters, customer)


def _document(
    paper: FiscalPaper,
    type_: int,
    lines: list[FiscalLine],
    tenders: list[FiscalTender],
    letters: Letters,
    customer: InvoicedCustomer,
) -> UniformDocument:
    net_minor, total_minor = sum(line.net_minor for line in lines), _sum(lines)
    day = date.fromisoformat(paper.day)
    header = DocumentHeader(
        document_type=type_,
        document_number=letters.number(paper.id),
        made_on=paper.at.date(),
        made_at=paper.at.time().replace(second=0),
        customer_name=customer.name,
        street=customer.address,
        customer_dealer_number=customer.dealer_number,
        value_date=day,
        before_discount_minor=net_minor,
        net_minor=net_minor,
        vat_minor=total_minor - net_minor,
        total_minor=total_minor,
        customer_key=customer.key,
        matching=customer.matching,
        document_date=day,
        branch=paper.id.register[:7],
        operator=paper.operator[:9],
    )
    is_of_money = all(line.apart for line in lines)  # a receipt for money only has no lines
    rows = () if type_ == RECEIPT and is_of_money else tuple(_row(line, letters, day, paper.undoes) for line in lines)
    payments = tuple(
        DocumentPayment(
            means=_means(one.kind),
            amount_minor=one.amount_minor,
            card_deal=1 if one.kind == "card" else 0,
            document_date=day,
        )
        for one in tenders
    )
    return UniformDocument(header, rows, payments)


def _row(line: FiscalLine, letters: Letters, day: date, undoes: str) -> DocumentRow:
    listed_minor = _net(line.listed_minor, line.rate)
    quantity = line.quantity_thousandths
    by_list = quantity and line.kind != ROUNDING  # no list price
    price_minor = divide_half_up(abs(listed_minor) * 1000, abs(quantity)) if by_list else 0
    base = line.basis
    return DocumentRow(
        base_type=SALE if base else 0,
        base_number=letters.number(base) if base else "",
        deal=SERVICE_DEAL if line.kind == "fee" else GOODS_DEAL,
        article=line.article,
        description=ROUNDED if line.kind == ROUNDING else line.label or _APART.get(line.kind, "-"),
        unit=unit_of(line.unit),
        quantity_ten_thousandths=quantity * 10,
        unit_price_minor=price_minor,
        discount_minor=min(0, line.net_minor - listed_minor),
        net_minor=line.net_minor,
        vat_basis_points=line.rate // PER_BASIS_POINT,
        document_date=day,
    )


def _tenders_by_part(tenders: Iterable[FiscalTender], parts: list[tuple[int, int]]) -> list[list[FiscalTender]]:
    """Split tenders over the parts in order. Each part is an amount and its sign (1, or -1 if paid out). Returned goods
    that pay for new ones are the tender `goods` in both parts."""
    bought = sum(minor for minor, sign in parts if sign > 0)
    returned = sum(minor for minor, sign in parts if sign < 0)
    by_goods = min(bought, returned) if bought > 0 and returned > 0 else 0
    left, found = [one for one in _cash_together(tenders) if one.amount_minor], []
    owed_by_goods = {1: by_goods, -1: by_goods}
    for at, (minor, sign) in enumerate(parts):
        part = min(minor, owed_by_goods[sign]) if by_goods else 0
        owed_by_goods[sign] -= part
        rest = minor - part
        own = [FiscalTender("goods", part)] if part else []
        last = at == len(parts) - 1 or all(other != sign for _, other in parts[at + 1 :])
        taken, left = (left, []) if last and rest else _split_tenders(left, rest * sign)
        found.append([*own, *(FiscalTender(one.kind, sign * one.amount_minor) for one in taken)])
    return found


def _cash_together(tenders: Iterable[FiscalTender]) -> list[FiscalTender]:
    """Tenders with all cash combined into one: foreign notes, less change."""
    found = list[FiscalTender]()
    for one in tenders:
        cash = one.kind.startswith("cash")
        at = next((at for at, had in enumerate(found) if had.kind == "cash"), None) if cash else None
        if at is None:
            found.append(FiscalTender("cash" if cash else one.kind, one.amount_minor))
        else:
            found[at] = FiscalTender("cash", found[at].amount_minor + one.amount_minor)
    return found


def _split_tenders(tenders: list[FiscalTender], minor: int) -> tuple[list[FiscalTender], list[FiscalTender]]:
    """Split tenders into those up to an amount, and the rest."""
    taken, left = list[FiscalTender](), list[FiscalTender]()
    for one in tenders:
        use = max(0, min(one.amount_minor, minor)) if minor >= 0 else min(0, max(one.amount_minor, minor))
        minor -= use
        if use:
            taken.append(FiscalTender(one.kind, use))
        if one.amount_minor - use:
            left.append(FiscalTender(one.kind, one.amount_minor - use))
    return taken, left


def _means(kind: str) -> int:
    return 1 if kind.startswith("cash") else _MEANS.get(kind, OTHER)


def _sum(lines: Iterable[FiscalLine]) -> int:
    return sum(line.gross_minor for line in lines)


def _net(gross_minor: int, rate: int) -> int:
    return divide_half_up(gross_minor * FULL, FULL + rate)


def _flip_line(line: FiscalLine) -> FiscalLine:
    return msgspec.structs.replace(
        line,
        quantity_thousandths=abs(line.quantity_thousandths),
        gross_minor=-line.gross_minor,
        net_minor=-line.net_minor,
        listed_minor=-line.listed_minor,
    )


def documents_of_kinds(paper: FiscalPaper) -> dict[str, int]:
    """A paper's receipt and credit amounts in minor units, as totalled on the tape."""
    return {
        "קבלות": sum(line.gross_minor for line in paper.lines if line.apart and line.kind != ROUNDING),
        "זיכויים": sum(line.gross_minor for line in paper.lines if line.quantity_thousandths < 0 and not line.apart),
    }


def means_of(kind: str) -> str:
    """A payment method's name on the tape."""
    return _CALLED.get(_means(kind), "אמצעי אחר")


def unit_of(unit: str) -> str:
    """A unit's name in the file."""
    return _UNITS.get(unit, unit)


def _letter(at: int) -> str:
    """
    >>> [_letter(at) for at in (0, 25, 26, 27, 701, 702)]
    ['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']
    """
    text = ""
    while at >= 0:
        text = chr(ord("A") + at % 26) + text
        at = at // 26 - 1
    return text
