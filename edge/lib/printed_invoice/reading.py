"""Extracts fields from printed invoices. Pure: positioned words to fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from edge.lib.printed_invoice.accounts import MONTH_FIRST, country_of, find_account
from edge.lib.printed_invoice.amounts import currency_of
from edge.lib.printed_invoice.days import days_of
from edge.lib.printed_invoice.label_search import FieldValue, read_value, values_of
from edge.lib.printed_invoice.labels import NUMBER_SIGNS, TITLE, FieldName, plain
from edge.lib.printed_invoice.learnt import LearntField, read_learnt
from edge.lib.printed_invoice.line_rows import PrintedLine, lines_of
from edge.lib.printed_invoice.parties import find_seller, find_vat
from edge.lib.printed_invoice.sums import CENT, find_sums
from edge.lib.printed_invoice.words import Box, PlacedWord, TextRow, rows_of, sureness

SURE_SUM = 0.97
SURE_LEARNT = 0.95
SURE_LABEL = 0.8
SURE_GUESS = 0.6
Source = Literal["sum", "learnt", "label", "place", "account"]
_GLUED = re.compile(r"(.*?(?:n°|nº|n⁰|no\.|nr\.|#|[^\W\d]:))([^\s/:].*)", re.IGNORECASE)


class PrintedField(msgspec.Struct, frozen=True):
    """A field: amounts as decimals, dates as ISO 8601; with confidence (0 to 1), source and position."""

    name: FieldName
    value: str
    sure: float
    source: Source
    box: Box


class KnownSeller(msgspec.Struct, frozen=True):
    """A known seller: key (VAT number, or lower-case name), names, learnt layout, and bank account ("": unknown)."""

    key: str
    names: tuple[str, ...] = ()
    learnt: tuple[LearntField, ...] = ()
    account: str = ""


class PrintedInvoice(msgspec.Struct, frozen=True):
    """Content of a document. `numbers`: its invoice numbers, more than one if it contains several invoices."""

    fields: tuple[PrintedField, ...]
    lines: tuple[PrintedLine, ...]
    currency: str
    numbers: tuple[str, ...] = ()

    def value_of(self, name: FieldName) -> str:
        return next((one.value for one in self.fields if one.name == name), "")


def read_printed(
    words: Sequence[PlacedWord], known: Sequence[KnownSeller] = (), currency: str = "EUR"
) -> PrintedInvoice:
    """Extract an invoice from its words; `currency`: the shop's, as the default."""
    rows = rows_of(part for word in words for part in _split_glued(word))
    text = "\n".join(row.text for row in rows)
    said = currency_of(text, currency)
    values, account = list(values_of(rows, month_first=False)), find_account(rows)
    seller = {one.name: one for one in _seller(rows, values, known, account)}
    vat = seller["seller_vat"].value if "seller_vat" in seller else ""
    month_first = _is_month_first(country_of(text, vat, account[0] if account else ""), said, currency)
    if month_first:
        values = list(values_of(rows, month_first))
    lines = lines_of(rows)
    fields = {one.name: one for one in _fields(rows, values, lines, month_first)} | seller
    keys = {fields[name].value.casefold() for name in ("seller", "seller_vat") if name in fields}
    for one in known:
        is_account = not one.account or (account is not None and account[0] == one.account)
        if one.key.casefold() in keys and is_account:
            fields |= _learnt(rows, one.learnt, fields)
    return PrintedInvoice(tuple(fields.values()), lines, said, _numbers(values))


def _is_month_first(country: str, said: str, currency: str) -> bool:
    """Whether the seller's country writes the month first. If the country is unknown, whether both the document and the
    shop use US dollars."""
    return country in MONTH_FIRST if country else said == currency == "USD"


def _split_glued(word: PlacedWord) -> Iterator[PlacedWord]:
    """A word, split if a label and value are joined: `n°42`, `Total:12.00`."""
    match = _GLUED.fullmatch(word.text)
    if match is None or "://" in word.text:
        yield word
        return
    box, share = word.box, len(match[1]) / len(word.text)
    middle = round(box.left + (box.right - box.left) * share)
    yield msgspec.structs.replace(word, text=match[1], box=msgspec.structs.replace(box, right=middle))
    yield msgspec.structs.replace(word, text=match[2], box=msgspec.structs.replace(box, left=middle))


def _fields(
    rows: Sequence[TextRow], values: Sequence[FieldValue], lines: Sequence[PrintedLine], month_first: bool
) -> Iterator[PrintedField]:
    number = _best(values, "number")
    if number is None or number.strength:
        number = _title_number(rows) or number
    if number is not None:
        yield _field(number, SURE_LABEL if number.strength < 2 else SURE_GUESS)
    date = _best(values, "date") or _beside(rows, number, month_first) or _first_day(rows, month_first)
    if date is not None:
        yield _field(date, SURE_GUESS if date.unsure or date.strength > 1 else SURE_LABEL)
    for name in ("due", "order", "despatch"):
        if found := _best(values, name):
            yield _field(found, SURE_GUESS if found.unsure else SURE_LABEL)
    # lines that name a rate may include tax, and then add up to the total even if there is a net sum
    untaxed = lines and not any(line.rate for line in lines)
    sums = find_sums(rows, values, sum((line.total for line in lines), Decimal(0)) if untaxed else None)
    for amount in (sums.net, sums.tax, sums.total):
        if amount is None:
            continue
        if sums.confirmed:
            yield _field(amount, SURE_SUM, "sum")
        else:
            yield _field(amount, SURE_LABEL if amount.strength < 2 else SURE_GUESS)


def _best(values: Sequence[FieldValue], name: str) -> FieldValue | None:
    """Return the best value: one with the strongest label, next to it rather than below it, and first on the
    document."""
    found = [one for one in values if one.name == name]
    return min(found, key=lambda one: (one.strength, one.is_below), default=None)


def _title_number(rows: Sequence[TextRow]) -> FieldValue | None:
    """Number in a title: `Commercial invoice (380) No. 471102`."""
    for row in rows:
        words = row.words
        titles = [plain(word.text).endswith(TITLE) or plain(word.text).startswith(TITLE) for word in words]
        for at in range(1, len(words) - 1):
            is_sign = plain(words[at].text) in NUMBER_SIGNS and any(titles[max(0, at - 3) : at])
            if is_sign and (found := read_value("number", words[at + 1 : at + 2], month_first=False)):
                return found
    return None


def _beside(rows: Sequence[TextRow], number: FieldValue | None, month_first: bool) -> FieldValue | None:
    """Date in the number's row: `Facture n° 42 du 2 juillet 2015`."""
    for row in rows if number else ():
        if number and number.words[0] in row.words and (found := next(days_of(row.text, month_first), None)):
            return FieldValue("date", found.day, row.words, 1, unsure=found.unsure)
    return None


def _first_day(rows: Sequence[TextRow], month_first: bool) -> FieldValue | None:
    for row in rows:
        if found := next(days_of(row.text, month_first), None):
            return FieldValue("date", found.day, row.words, 2, unsure=found.unsure)
    return None


def _seller(
    rows: Sequence[TextRow],
    values: Sequence[FieldValue],
    known: Sequence[KnownSeller],
    account: tuple[str, Box] | None,
) -> Iterator[PrintedField]:
    """Yield the seller's fields. The seller is found by a known VAT number, otherwise by a known bank account together
    with one of its names (accounts may be shared), otherwise by name. A known account alone proposes its name."""
    vat = find_vat(values)
    text = re.sub(r"[^0-9A-Z]", "", " ".join(row.text for row in rows).upper())
    if account is not None:
        has_check = account[0][0].isalpha()  # an IBAN, whose check digits were verified
        yield PrintedField("account", account[0], SURE_SUM if has_check else SURE_LABEL, "label", account[1])
    by_number = next((one for one in known if re.fullmatch(r"[0-9A-Z]{9,15}", one.key) and one.key in text), None)
    if by_number is not None:  # a known seller takes precedence over a VAT number that may be the buyer's
        box = rows[0].words[0].box
        yield PrintedField("seller_vat", by_number.key, SURE_LEARNT, "learnt", vat.box if vat else box)
    elif vat is not None:
        yield _field(vat, SURE_LABEL)
    by_account = None
    if by_number is None and account is not None:
        by_account = next((one for one in known if one.account == account[0]), None)
    sought = by_number or by_account
    names = [name for one in ([sought] if sought else known) for name in one.names]
    found = find_seller(rows, names)
    if found and (by_number or found[2] >= SURE_LEARNT):
        # a seller known by number is certain, however the name is spelt
        yield PrintedField("seller", found[0], SURE_LEARNT, "learnt", found[1])
    elif by_account is not None and account is not None and by_account.names:
        yield PrintedField("seller", by_account.names[0], SURE_LABEL, "account", account[1])
    elif found:
        yield PrintedField("seller", found[0], found[2], "place", found[1])


def _learnt(
    rows: Sequence[TextRow], learnt: Sequence[LearntField], fields: Mapping[FieldName, PrintedField]
) -> dict[FieldName, PrintedField]:
    """Combine learnt locations with the normal reading. A field at its learnt position and label gains confidence. If
    another reading differs, the user is asked, but totals that add up take precedence. A position alone is used only
    without another reading."""
    found: dict[FieldName, PrintedField] = {}
    for one in learnt:
        seen, known = read_learnt(rows, one), fields.get(one.field)
        if seen is None:
            continue
        agrees = known is None or _is_within(seen.value.box, known.box) or known.value == seen.value.value
        if (not agrees and known and known.source == "sum") or (known and not seen.by_label and not agrees):
            continue
        sure = (
            SURE_LEARNT if seen.by_label and seen.by_place and agrees else SURE_LABEL if seen.by_label else SURE_GUESS
        )
        made = _field(seen.value, SURE_GUESS if seen.value.unsure else sure, "learnt")
        if known and agrees and known.value == made.value and known.sure >= made.sure:
            made = known
        found[one.field] = made
    return _fitting_sums(found, fields)


def _is_within(box: Box, other: Box) -> bool:
    """Whether a value is at the position of another reading."""
    across = min(box.right, other.right) - max(box.left, other.left)
    return box.page == other.page and across > 0 and min(box.bottom, other.bottom) > max(box.top, other.top)


def _fitting_sums(
    found: dict[FieldName, PrintedField], fields: Mapping[FieldName, PrintedField]
) -> dict[FieldName, PrintedField]:
    """Drop learnt amounts if net, tax and total don't add up. If one of the three is missing, limit their confidence to
    `SURE_LABEL`."""
    names: tuple[FieldName, ...] = ("net", "tax", "total")
    learnt = [name for name in names if name in found and found[name].source == "learnt"]
    every = [found.get(name) or fields.get(name) for name in names]
    net, tax, total = (Decimal(one.value) if one else None for one in every)
    if learnt and net is not None and tax is not None and total is not None:
        if abs(net + tax - total) > CENT:
            return {name: one for name, one in found.items() if name not in learnt}
    elif learnt:
        capped = {name: min(found[name].sure, SURE_LABEL) for name in learnt}
        return found | {name: msgspec.structs.replace(found[name], sure=sure) for name, sure in capped.items()}
    return found


def _field(value: FieldValue, sure: float, source: Source = "label") -> PrintedField:
    return PrintedField(value.name, value.value, round(sure * sureness(value.words), 3), source, value.box)


def _numbers(values: Sequence[FieldValue]) -> tuple[str, ...]:
    """Return the number of each page with a strong label, without duplicates."""
    pages: dict[int, str] = {}
    for one in values:
        if one.name == "number" and one.strength == 0 and not one.is_below:
            pages.setdefault(one.box.page, one.value)
    return tuple(dict.fromkeys(pages.values()))
