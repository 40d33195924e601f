"""Sales lines from another system's file, summed by day and product without rounding errors. Pure."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edge.analytics.forecast.history.day_forms import day_of
from edge.backoffice.switching.columns import (
    CELL_CHARS,
    LeftOuts,
    MoneyColumns,
    Reopen,
    check_currency,
    columns_of,
    first_cells,
    money_sum,
)
from edge.backoffice.switching.headings import BUYER, SALE, SALE_LINE, compact, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import FileKind
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MoveQuestion, SalesCustomer, SoldDay, SoldReceipt
from edge.core.messages import Refusal
from edge.goods.ingest.mapping.heading_words import concepts_of, in_english
from edge.lib.tables import is_total_row
from edge.lib.units.amounts import ExactSum
from edge.lib.units.money import exponent
from edge.people.customers.rules import code_of, email_of, phone_of

LARGEST = 10**7
"""Maximum units in a line; a larger number is in another unit of measure."""
LARGEST_SUM = 10**12
"""Largest amount of a line that is kept by receipt."""
_BACK = re.compile(
    r"^(refund|return|remboursement|retour|credit (?:note|memo|invoice)|(?:facture d.)?avoir|(?:חשבונית )?זיכוי|החזר"
    r"|rückgabe|retoure|gutschrift|devoluci|devoluç"
    r"|reembols|reso|rimborso|zwrot|возврат|повернення|iade|returer)",
    re.IGNORECASE,
)
GONE = re.compile(
    r"^(void|cancel|annul|anulad|draft|failed|deleted|abandoned|trash|parked|quote|layby_cancel|בוטל|מבוטל|טיוטה|storn"
    r"|geannuleerd|anulow|отмен|аннулир|скасован|iptal|entwurf|borrador|bozza|open$|unpaid|incomplete|declined|on.?hold$)",
    re.IGNORECASE,
)
_YES = frozenset(("true", "yes", "y", "x", "t", "oui", "ja", "כן", "si", "sí", "sim", "tak", "да", "так"))
_BACK_CODES = frozenset(("1", "3"))
"""Types of refunds in Aloha's records of sold items."""
_GIVEN_BACK = frozenset(("refunded", "wc-refunded", "fully refunded"))
_NOT_A_LINE = frozenset(("sale", "payment", "tender", "tax", "shipping", "fee", "coupon", "total", "subtotal", "tip"))
"""Row types that aren't goods if the sale has other rows."""
_NOT_A_LINE_OF: Mapping[str, frozenset[str]] = {
    "linetype": _NOT_A_LINE,
    **dict.fromkeys(("lineitemtype", "rowtype", "recordtype"), _NOT_A_LINE - {"sale"}),
}
"""Row types that aren't goods, for each column that may contain the type."""
_NO_KIND: tuple[None, frozenset[str]] = (None, frozenset())
_OF_ORDERS = frozenset(
    (
        "subtotal",
        "total",
        "amount",
        "nettotal",
        "totalprice",
        "totalsales",
        "netamount",
        "totalamount",
        "montant",
        "סהכ",
        "amountwithtax",
        "netsales",
    )
)
"""Column names used both for a line's amount and for a whole order's amount."""
BUYER_DAYS, BUYER_ROWS = 400, 200
"""How many days of a customer's purchases are kept, and how many rows. Older ones say little about preferences."""
PHONE_DIGITS = 7
NUMBER_CHARS, RECEIPT_LINES = 80, 200
"""Longest number of a receipt, and its most items. More items are only added up."""
ROWS_LOOKED_AT = 2_000
"""Rows of a file to examine when detecting whether amounts are per unit, line or order."""
_SIDE_OF_TAX = re.compile(r"price.*(?:gross|net\b|incl|excl)|prix.*(?:ttc|ht\b)|preis.*(?:brutto|netto)")
_OF_ONE = re.compile(r"unit|each|per\b|stück|einzel|cost")
CODE = re.compile("[A-Z]{3}")
"""A currency code in a currency column. Currency signs aren't used, as they're ambiguous."""
NO = frozenset(("", "false", "no", "0", "n", "non", "לא", "f", "nein", "não", "nee", "nie", "нет", "ні"))


class _Key(NamedTuple):
    day: str
    sku: str
    code: str
    item: str
    variant: str


class _Receipts:
    """The receipts of a file, kept small: half a million lines take 16 MB."""

    def __init__(self, digits: int) -> None:
        self._exact = ExactSum(digits)
        self._receipts: dict[tuple[str, str], int] = {}
        self._items: dict[_Key, int] = {}
        self._lines = array("q")
        """Four numbers per line: its receipt, its item, thousandths, and minor units."""

    def add(self, number: str, key: _Key, quantity: Decimal, amount: Decimal) -> None:
        """Add a line to the receipt with this number on this day."""
        receipt = self._receipts.setdefault((key.day, number[:NUMBER_CHARS]), len(self._receipts))
        item = self._items.setdefault(key, len(self._items))
        self._lines.extend((receipt, item, int(quantity * 1000), self._exact.take(amount)))

    def __iter__(self) -> Iterator[SoldReceipt]:
        """The receipts by day, each day's in the order of the file."""
        receipts, items, lines = [*self._receipts], [*self._items], self._lines
        order = sorted(range(0, len(lines), 4), key=lambda at: (receipts[lines[at]][0], lines[at]))
        for receipt, group in groupby(order, key=lambda at: lines[at]):
            places = [*group]
            rows = (SoldDay(*items[lines[at + 1]], lines[at + 2], 0, lines[at + 3]) for at in places[:RECEIPT_LINES])
            day, number = receipts[receipt]
            yield SoldReceipt(number, day, sum(lines[at + 3] for at in places), tuple(rows))


class SalesFile:
    """The lines of a file, summed by day and product."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self._zone = ZoneInfo(ask.zone)
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        self.sums: dict[_Key, list[Decimal]] = {}
        self._file = self._taken = Decimal(0)
        self._receipts: set[str] = set()
        self.receipts = _Receipts(exponent(ask.currency))
        self._keeps_receipts = ask.mode == "rows"
        self._last_day: tuple[str, str | None] = ("", None)
        self._above: tuple[str, str, tuple[str, ...], str, tuple[str, ...]] = ("", "", (), "", ())
        self._bought: dict[tuple[str, ...], dict[_Key, Decimal]] = {}
        self._since = (date.fromisoformat(ask.today) - timedelta(BUYER_DAYS)).isoformat()
        with reopen() as table:
            self.header = tuple(table.header)
            self.what = table.what
            places = _places_of(self.header, ask.answers.get("amount", ""), first_cells(table))
        if "amount" not in ask.answers and _is_of_order(reopen, self.header, places):
            del places["amount"]
        if "amount" not in ask.answers and (net := _after_discount(reopen, self.header, places)) is not None:
            places["amount"] = net
        self._is_of_line = "amount" not in places and _is_of_line(reopen, self.header, places)
        self._is_before_discount = _is_before_discount(reopen, self.header, places)
        self._statuses = statuses_of(self.header, places)
        kinds = ((at, _NOT_A_LINE_OF.get(compact(self.header[at]))) for at in self._statuses)
        found: tuple[int | None, frozenset[str]] = next(((at, words) for at, words in kinds if words), _NO_KIND)
        self._kind, self._not_lines = found
        self._back_codes = _BACK_CODES if {"check", "dob", "type"} <= {*map(compact, self.header)} else frozenset[str]()
        self.columns = columns_of(reopen, places, ("quantity", "amount", "price", "discount"), ("day",), ask.form)
        check_currency(self.columns, ("amount", "price", "discount"), ask)
        of_buyers = find_columns(self.header, BUYER)
        self._buyers = [place for place in of_buyers.values() if place not in places.values()]
        self._unknown = MoneyColumns(self.header, tuple(places.values()))
        self._answered = self.columns.forms.get("day", "") is not None
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if self.left.add_unread(row):
                    continue
                self._unknown.see(row.cells)
                self._take(row.cells)

    def look(self) -> FileLook:
        """A summary of the file."""
        headings = self.columns.headings
        days = sorted({key.day for key in self.sums})
        products = {key[1:] for key in self.sums}
        counts = Counter(days=len(days), receipts=len(self._receipts), sold_products=len(products))
        counts["lines"] = self.lines - sum(one.rows for one in self.left.rows)
        heading = headings.get("amount") or headings.get("price", "")
        if not self._is_of_line and "amount" not in headings:
            heading = f"{heading} × {headings.get('quantity', '1')}"
        return FileLook(
            "sales_lines",
            *(system_of(self.header), self.what, self.header, self.lines),
            {name: count for name, count in counts.items() if count},
            *(headings, self.columns.free_headings),
            sums=(money_sum(heading, self._file, self._taken, self._ask.currency),),
            left=self.left.rows,
            questions=tuple(self._questions()),
            first=days[0] if days else "",
            last=days[-1] if days else "",
            rules=tuple(self._rules()),
        )

    def _rules(self) -> Iterator[str]:
        if "quantity" not in self.columns.headings:
            yield "no_quantity"
        if self._receipts:
            yield "receipts"

    def _questions(self) -> Iterator[MoveQuestion]:
        if not self._answered:
            yield MoveQuestion("form", ("day_first", "month_first"), heading=self.columns.headings["day"])
        without = not {"amount", "price"} & self.columns.places.keys()
        money = tuple(self._unknown.headings())
        if without and money and "amount" not in self._ask.answers:
            yield MoveQuestion("amount", (*money, "leave"))
        if self._bought and self._ask.answers.get("buyers") not in ("keep", "leave"):
            yield MoveQuestion("buyers", ("keep", "leave"), len(self._bought))

    def buyers(self) -> Iterator[SalesCustomer]:
        """Customers with their identifying data and newest purchases, if the user chose to import them."""
        if self._ask.answers.get("buyers") != "keep":
            return
        people: dict[str, tuple[tuple[str, str, str], Counter[_Key]]] = {}
        for cells, bought in self._bought.items():
            if known_by := next(filter(None, identity := identity_of(cells, self._ask)), ""):
                said, all_bought = people.get(known_by, (("", "", ""), Counter[_Key]()))
                merged = tuple(one or other for one, other in zip(said, identity, strict=True))
                all_bought.update({key: int(quantity * 1000) for key, quantity in bought.items()})
                people[known_by] = (merged[0], merged[1], merged[2]), all_bought
        for said, all_bought in people.values():
            newest = sorted(all_bought.items(), reverse=True)[:BUYER_ROWS]
            if rows := tuple(SoldDay(*key, quantity, 0, 0) for key, quantity in newest if quantity):
                yield SalesCustomer(*said, rows)

    def rows(self) -> Iterator[SoldDay]:
        """Sales by day; rounded sums add up to the total."""
        exact = ExactSum(exponent(self._ask.currency))
        for key in sorted(self.sums):
            sold, returned, amount = self.sums[key]
            yield SoldDay(*key, int(sold * 1000), int(returned * 1000), exact.take(amount))

    def _take(self, cells: Sequence[str]) -> None:
        text = self.columns.text
        receipt, when = text(cells, "receipt"), text(cells, "day")
        void, statuses = text(cells, "void"), tuple(cells[at].strip() for at in self._statuses if at < len(cells))
        buyer = tuple(cells[at].strip()[:CELL_CHARS] for at in self._buyers if at < len(cells))
        if self._above[1] and not when and receipt in ("", self._above[0]):
            receipt, when, statuses, void, buyer = (
                self._above
            )  # only the first row of an order has values in these columns
        self._above = (receipt, when, statuses, void, buyer)
        kind = cells[self._kind] if self._kind is not None and self._kind < len(cells) else ""
        if kind.strip().casefold() in self._not_lines:
            self.left.add("not_goods")
            return
        amount = self._amount(cells)
        quantity = self._quantity(cells, amount)
        self._file += amount or 0
        day = self._day_of(when) if self._answered else ""
        if why := self._why_not(cells, quantity, amount, day, statuses, void):
            self.left.add(why, amount)
            return
        assert quantity is not None and amount is not None and day
        is_back = any(_BACK.match(status) or status in self._back_codes for status in statuses)
        if is_back and quantity > 0:
            self._file -= amount + abs(amount)  # some files give a refund's amount without a minus sign
            quantity, amount = -quantity, -abs(amount)
        if receipt:
            self._receipts.add(receipt)
        self._taken += amount
        item, variant = text(cells, "item")[:200], text(cells, "variant")[:80]
        key = _Key(day, text(cells, "sku")[:80], text(cells, "code")[:80], item, variant)
        had = self.sums.setdefault(key, [Decimal(0), Decimal(0), Decimal(0)])
        had[0 if quantity > 0 else 1] += abs(quantity)
        had[2] += amount
        if receipt and self._keeps_receipts and abs(amount) < LARGEST_SUM:
            self.receipts.add(receipt, key, quantity, amount)
        if day >= self._since and any(buyer):
            bought = self._bought.setdefault(buyer, {})
            bought[key] = bought.get(key, Decimal(0)) + quantity

    def _day_of(self, when: str) -> str | None:
        """The day in a cell. Caches the last answer, as rows of a day follow each other."""
        if when != self._last_day[0]:
            self._last_day = (when, day_of(when, self.columns.forms.get("day") or "", self._zone))
        return self._last_day[1]

    def _quantity(self, cells: Sequence[str], amount: Decimal | None) -> Decimal | None:
        if "quantity" in self.columns.places:
            return self.columns.amount(cells, "quantity")
        return Decimal(-1 if amount is not None and amount < 0 else 1)

    def _amount(self, cells: Sequence[str]) -> Decimal | None:
        columns = self.columns
        if "amount" in columns.places:
            amount, off = columns.amount(cells, "amount"), columns.amount(cells, "discount")
            return amount - abs(off) if amount and off and self._is_before_discount else amount
        price = columns.amount(cells, "price") if "price" in columns.places else None
        quantity = self._quantity(cells, None)
        if price is None or quantity is None:
            return None
        whole = price * quantity
        if self._is_of_line:
            whole = -abs(price) if quantity < 0 else price
        said, discount = columns.text(cells, "discount"), columns.amount(cells, "discount")
        if discount is None:
            return None if any(map(str.isdigit, said)) else whole  # a discount's name without an amount
        percent = said.rstrip().endswith("%")
        return whole - (abs(whole * discount) / 100 if percent else abs(discount))

    def _why_not(
        self,
        cells: Sequence[str],
        quantity: Decimal | None,
        amount: Decimal | None,
        day: str | None,
        statuses: tuple[str, ...],
        void: str,
    ) -> str:
        """Why a line isn't imported; "" if it is."""
        if any(GONE.match(status) for status in statuses) or void.casefold() not in NO:
            return "cancelled"
        is_back = self.columns.text(cells, "back").casefold() in _YES and quantity is not None and quantity > 0
        if is_back or any(status.casefold() in _GIVEN_BACK for status in statuses):
            return "given_back"  # the line of the return itself has a quantity below zero
        currency = self.columns.text(cells, "currency").upper()
        if CODE.fullmatch(currency) and currency != self._ask.currency:
            return "other_currency"
        if self.columns.is_foreign(cells, ("amount", "price", "discount"), self._ask.currency):
            return "other_currency"
        if not self._answered:
            return "unanswered"
        if day is None:
            return "day"
        if quantity is None or abs(quantity) > LARGEST:
            return "quantity"
        if amount is None:
            return "amount"
        named = any(self.columns.text(cells, field) for field in ("sku", "code", "item"))
        return "" if named else "no_product"


def is_given_back(status: str) -> bool:
    """Whether a row's status says that it's a refund or return."""
    return _BACK.match(status) is not None or status.casefold() in _GIVEN_BACK


def identity_of(cells: Sequence[str], ask: FileQuestion) -> tuple[str, str, str]:
    """Email, phone and member code from cells that identify a customer; "" for a missing or unreadable one."""
    email = phone = code = ""
    for text in (part.strip() for cell in cells for part in re.split(r"[,;|]", cell)):
        try:
            if "@" in text:
                email = email or email_of(text)
            elif text and not phone and sum(map(str.isdigit, text)) >= PHONE_DIGITS and not re.search("[a-zA-Z]", text):
                phone = phone_of(text, ask.region).text
            elif text:
                code = code or code_of(text, ask.member_prefix)
        except (Refusal, ValueError):
            continue
    return email, phone, code


def _places_of(header: Sequence[str], amount: str, rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The columns of fields. If there are line columns, order totals are ignored, as they repeat the lines."""
    places = find_columns(header, SALE_LINE, rows)
    plain = [compact(heading) for heading in header]
    _of_the_lines(places, header)
    of_line = "price" in places and plain[places["price"]].startswith("lineitem")
    if of_line and "amount" in places and not plain[places["amount"]].startswith("lineitem"):
        del places["amount"]
    if "item" not in places and "sku" in places and plain[places["sku"]] == "article":
        places["item"] = places.pop("sku")  # "article" is the product's name if no other column has it
    if amount and amount in header:
        places["amount"] = list(header).index(amount)
    _number_beside_a_name(places, header, rows)
    if "sku" not in places and "item" in plain and plain.index("item") not in places.values():
        places["sku"] = plain.index("item")  # next to a product name, "item" is the product number
    if places.get("receipt") is not None and places["receipt"] in (places.get("item"), places.get("sku")):
        del places["receipt"]
    return places


def _number_beside_a_name(places: dict[str, int], header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Fallback column for the product number: a heading that ends in "SKU", or an "Article" column of numbers next to a
    description."""
    free = [at for at in range(len(header)) if at not in places.values()]
    if "sku" in places:
        return
    if skus := [at for at in free if compact(header[at]).endswith("sku")]:
        places["sku"] = skus[0]
        return
    described = [at for at in free if in_english(header[at]) in ("description", "item description", "product name")]
    if described and "item" in places and concepts_of(header[places["item"]]) == {"article"}:
        cells = [cell for row in rows if places["item"] < len(row) and (cell := row[places["item"]].strip())]
        if cells and all(" " not in cell and any(map(str.isdigit, cell)) for cell in cells):
            places["sku"], places["item"] = places["item"], described[0]


def _of_the_lines(places: dict[str, int], header: Sequence[str]) -> None:
    """If the item is a field of order lines ("Order Lines/Product"), use only money columns of the lines. Other amounts
    are the whole order's."""
    of_lines = header[places["item"]].rpartition("/")[0] if "item" in places else ""
    if not of_lines:
        return
    own = [one.removeprefix(f"{of_lines}/") if one.startswith(f"{of_lines}/") else "" for one in header]
    money = {field: SALE_LINE[field] for field in ("quantity", "amount", "price", "discount")}
    for field in money:
        places.pop(field, None)
    places |= {field: place for field, place in find_columns(own, money).items() if place not in places.values()}


def statuses_of(header: Sequence[str], places: Mapping[str, int]) -> tuple[int, ...]:
    """All columns that may say that a line was returned or cancelled: the status of the line, the sale or
    the payment."""
    names = {*SALE["status"], *SALE["state"]}
    others = {place for field, place in places.items() if field not in ("status", "state")}
    return tuple(
        place
        for place, heading in enumerate(header)
        if place not in others and not names.isdisjoint((compact(heading), compact(in_english(heading))))
    )


def _is_of_order(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the line amount's column really has the whole order's amount, repeated on each line."""
    if not {"amount", "price", "quantity", "receipt"} <= places.keys():
        return False
    heading = header[places["amount"]]
    if _OF_ORDERS.isdisjoint((compact(heading), compact(in_english(heading)))):
        return False
    columns = columns_of(reopen, places, ("amount", "price", "quantity"), (), "", ROWS_LOOKED_AT)
    lines: dict[str, list[tuple[Decimal, Decimal]]] = {}
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            amount, price, quantity = (columns.amount(row.cells, one) for one in ("amount", "price", "quantity"))
            if amount is not None and price is not None and quantity is not None:
                lines.setdefault(columns.text(row.cells, "receipt"), []).append((amount, price * quantity))
    several = [one for receipt, one in lines.items() if receipt and len(one) > 1]
    whole = [len({amount for amount, _ in one}) == 1 and _adds_up(one) for one in several]
    return bool(whole) and 2 * sum(whole) > len(whole)


def _is_of_line(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the price column is a line's total, not a unit price. Compares lines of the same product with one and
    several units."""
    if not {"price", "quantity"} <= places.keys():
        return False
    if _is_taxed(reopen, header, places):
        return True
    columns = columns_of(reopen, places, ("price", "quantity"), (), "", ROWS_LOOKED_AT)
    alone: dict[tuple[str, ...], set[Decimal]] = {}
    several: list[tuple[tuple[str, ...], Decimal, Decimal]] = []
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            price, quantity = columns.amount(row.cells, "price"), columns.amount(row.cells, "quantity")
            key = tuple(columns.text(row.cells, field) for field in ("sku", "code", "item", "variant"))
            if not price or not quantity or not any(key):
                continue
            if abs(quantity) == 1:
                alone.setdefault(key, set()).add(abs(price))
            else:
                several.append((key, abs(price), abs(quantity)))
    whole = sum(price / quantity in alone.get(key, ()) for key, price, quantity in several)
    return whole > sum(price in alone.get(key, ()) for key, price, _ in several)


def _is_taxed(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether the price column has line totals: if the columns with and without tax ("Price (Gross)", "Price (Net)")
    differ by the whole line's tax."""
    plain = {at: heading.casefold() for at, heading in enumerate(header)}
    priced = [at for at, one in plain.items() if _SIDE_OF_TAX.search(one) and not _OF_ONE.search(one)]
    tax = find_columns(header, {"tax": ("tax", "vat", "salestax", "taxamount", "totaltax", "tva", "mwst")}).get("tax")
    if places["price"] not in priced or len(priced) != 2 or tax is None or tax in priced:
        return False
    fields = {"one": priced[0], "other": priced[1], "tax": tax, "quantity": places["quantity"]}
    columns = columns_of(reopen, fields, tuple(fields), (), "", ROWS_LOOKED_AT)
    agrees = differs = 0
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            one, other, taxed, quantity = (columns.amount(row.cells, field) for field in fields)
            if one is None or other is None or not taxed or not quantity or abs(quantity) == 1:
                continue
            agrees += abs(one - other) == abs(taxed)
            differs += abs(one - other) != abs(taxed)
    return agrees > differs


def _is_before_discount(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether a line's amount is before its discount. Compares it with the line's tax and total if both exist."""
    more = find_columns(header, {"tax": ("tax", "salestax", "taxamount", "totaltax"), "total": ("total", "linetotal")})
    if not {"amount", "discount"} <= places.keys() or len({*more.values()} - {*places.values()}) < 2:
        return False
    fields = ("amount", "discount", "tax", "total")
    columns = columns_of(reopen, {**places, **more}, fields, (), "", ROWS_LOOKED_AT)
    before = after = 0
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            amount, off, tax, total = (columns.amount(row.cells, field) for field in fields)
            if amount and off and tax is not None and total is not None and not is_total_row(row.cells):
                before += amount - abs(off) + tax == total
                after += amount + tax == total
    return before > after


def _after_discount(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> int | None:
    """The column with the amount after discount in every row; None if there is none."""
    if not {"amount", "discount"} <= places.keys():
        return None
    free = {f"free {at}": at for at, heading in enumerate(header) if heading and at not in places.values()}
    columns = columns_of(reopen, {**places, **free}, ("amount", "discount", *free), (), "", ROWS_LOOKED_AT)
    reduced = 0
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            amount, off = columns.amount(row.cells, "amount"), columns.amount(row.cells, "discount")
            if (
                amount is None
                or off is None
                or is_total_row(row.cells)
                or columns.text(row.cells, "discount")[-1:] == "%"
            ):
                continue
            reduced += bool(amount and off)
            left = amount - abs(off) if amount > 0 else amount + abs(off)
            free = {field: at for field, at in free.items() if columns.amount(row.cells, field) == left}
            if not free:
                return None
    return next(iter(free.values()), None) if reduced else None


def _adds_up(lines: Sequence[tuple[Decimal, Decimal]]) -> bool:
    """Whether the lines add up to the repeated amount (within 10 percent), and no single line equals it."""
    whole = lines[0][0]
    return abs(sum(line for _, line in lines) - whole) < abs(whole) / 10 and all(line != whole for _, line in lines)


def other_look(ask: FileQuestion, reopen: Reopen, kind: FileKind) -> FileLook:
    """A summary of a file that isn't imported as sales, with the totals of its money columns. Product files are read
    elsewhere."""
    with reopen() as table:
        header, what = tuple(table.header), table.what
    if kind == "catalogue":
        return FileLook(kind, system_of(header), what, header, 0)
    wanted = {"total": SALE["total"]}
    places = find_columns(header, wanted) if kind == "sales_summary" else {}
    left = LeftOuts(ask.currency)
    if places:
        places |= money_beside(reopen, header, places)
    columns = columns_of(reopen, places, tuple(places), (), ask.form)
    lines, totals = 0, dict.fromkeys(places, Decimal(0))
    with reopen() as table:
        for row in table.rows:
            lines += 1
            if left.add_unread(row) or not places:
                continue
            for field in places:
                totals[field] += columns.amount(row.cells, field) or 0
    sums = tuple(money_sum(header[places[field]], totals[field], Decimal(0), ask.currency) for field in places)
    counts: dict[str, int] = {kind: lines} if kind not in ("unknown", "catalogue") else {}
    return FileLook(
        kind,
        *(system_of(header), what, header, lines),
        *(counts, columns.headings, columns.free_headings),
        sums=sums,
        left=left.rows,
    )


def money_beside(reopen: Reopen, header: Sequence[str], places: Mapping[str, int]) -> dict[str, int]:
    """Further money columns, such as a day's tax and its payments by method, each as a field."""
    money = MoneyColumns(header, tuple(places.values()))
    with reopen() as table:
        for row in islice(table.rows, ROWS_LOOKED_AT):
            if not row.fault and not is_total_row(row.cells):
                money.see(row.cells)
    found = {*money.headings()}
    return {f"money {at}": at for at, one in enumerate(header) if one in found and at not in places.values()}
