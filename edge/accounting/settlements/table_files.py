"""Batches and bank statements as tables: the columns of providers' files by profile. Pure.

A provider's file is any table that `edge/lib/tables` opens (CSV, JSON, XLSX); a bank statement as a table is CSV.

To add a provider's file, write a `FileProfile` and add it to `PROFILES`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from edge.accounting.settlements.bai2 import read_bai2
from edge.accounting.settlements.bank import BankCredit, clean, number_alike
from edge.accounting.settlements.batch import PAYOUT_LINES_MOST, Batch, BatchLine, LineKind, Signed, fault_of, parts_of
from edge.accounting.settlements.camt053 import read_camt053
from edge.accounting.settlements.mt940 import read_mt940
from edge.core.messages import Refusal
from edge.lib.tables.csv_format import find_separator
from edge.lib.tables.table import TableRow
from edge.lib.units.card_numbers import holds_card_number
from edge.lib.units.money import parse_minor

FILE_BYTES = 4 * 1024 * 1024
BATCHES_MOST = 50
"""Maximum batches per file."""
TOTAL = "total"
"""The kind of a row with a batch's totals."""


class FileProfile(msgspec.Struct, frozen=True):
    """A provider's table: the column of each field, and its names for line kinds. Amounts are in major units. Without a
    row of kind `total`, a batch's totals are those of its lines."""

    columns: Mapping[str, str]
    kinds: Mapping[str, LineKind]


PROFILES: Mapping[str, FileProfile] = MappingProxyType(
    {
        "plain": FileProfile(
            {
                **{"batch": "batch", "paid_on": "paid_on", "currency": "currency", "kind": "kind", "day": "day"},
                **{"amount": "amount", "fee": "fee", "net": "net", "reference": "provider_id"},
                **{"authorisation": "authorisation", "brand": "brand"},
            },
            {"payment": "payment", "refund": "refund", "chargeback": "chargeback", "fee": "fee"},
        )
    }
)
_NEEDED = ("batch", "paid_on", "currency", "kind", "amount")


class _Sums(msgspec.Struct):
    """The totals of a batch while it's read."""

    currency: str
    paid_on: str
    lines: list[BatchLine]
    total: tuple[int, int, int] | None = None


def batches_of(header: Sequence[str], rows: Iterable[TableRow], profile: FileProfile) -> tuple[Batch, ...]:
    """The batches of a table. Raises `Refusal` if there are none or too many, or if a row is unreadable."""
    batches: dict[str, _Sums] = {}
    places = _places(header, profile.columns, _NEEDED)
    for number, cells, fault, *_ in rows:
        row = _fields(cells, profile.columns, places)
        try:
            if fault:
                raise ValueError(fault)
            one = batches.setdefault(row["batch"], _Sums(row["currency"], row["paid_on"], []))
            if row["currency"] != one.currency:
                raise ValueError(row["currency"])
            minor, fee_minor = (parse_minor(row[name] or "0", one.currency) for name in ("amount", "fee"))
            if row["kind"] == TOTAL:
                one.total = minor, fee_minor, parse_minor(row["net"] or "0", one.currency)
            else:
                one.lines.append(_line(row, profile.kinds[row["kind"]], minor, fee_minor))
            if len(batches) > BATCHES_MOST:
                raise Refusal("batch_file")
            require_short(row["batch"], one.lines)
        except (ValueError, KeyError) as error:
            raise Refusal("batch_row", {"row": number}) from error
    if not batches:
        raise Refusal("batch_file")
    return tuple(part for id, one in batches.items() for part in check_payout(_batch(id, one)))


def read_credits(data: bytes) -> tuple[BankCredit, ...]:
    """The credits of a bank statement. The format is detected from its beginning: BAI2, camt.053, MT940 or a table.
    Raises `Refusal` for other formats."""
    text = _text(data)
    begin = text.lstrip()[:4096]
    if begin.startswith("01,"):
        return read_bai2(text)
    if begin.startswith("<"):
        return read_camt053(text)
    if ":60F:" in begin or ":60M:" in begin:
        return read_mt940(text)
    columns = {name: name for name in ("day", "currency", "amount", "account", "reference")}
    credits = []
    for number, row in _rows(data, columns, ("day", "currency", "amount")):
        try:
            minor = parse_minor(row["amount"], row["currency"])
            account, reference = clean(row["account"]), clean(row["reference"])
            fields = {"day": row["day"], "currency": row["currency"], "amount_minor": minor}
            one = BankCredit(**fields, account=account, reference=reference)  # type: ignore[arg-type]
            if minor > 0:
                credits.append(msgspec.convert(msgspec.to_builtins(one), BankCredit))
        except ValueError as error:
            raise Refusal("batch_row", {"row": number}) from error
    return number_alike(credits)


def _line(row: Mapping[str, str], kind: LineKind, minor: Signed, fee_minor: Signed) -> BatchLine:
    return BatchLine(
        kind=kind,
        day=row["day"] or row["paid_on"],
        amount_minor=minor,
        fee_minor=fee_minor,
        reference=clean(row["reference"]),
        authorisation=clean(row["authorisation"]),
        brand="" if holds_card_number(row["brand"].encode()) else row["brand"][:16],
    )


def _batch(id: str, one: _Sums) -> Batch:
    gross = sum(line.amount_minor for line in one.lines)
    fees = sum(line.fee_minor for line in one.lines)
    gross, fees, net = one.total or (gross, fees, gross - fees)
    sums = {"gross_minor": gross, "fees_minor": fees, "net_minor": net}
    return Batch(id=id, currency=one.currency, paid_on=one.paid_on, **sums, lines=tuple(one.lines))


def check_batch(batch: Batch) -> Batch:
    """Validate a batch against its fields' limits. Raises `Refusal` if one is exceeded."""
    try:
        return msgspec.convert(msgspec.to_builtins(batch), Batch)
    except msgspec.ValidationError as error:
        raise Refusal("batch_file") from error


def check_payout(payout: Batch) -> tuple[Batch, ...]:
    """Validate a payout, and split a long one into parts. Raises `Refusal` if a limit is exceeded or its sums don't
    agree."""
    parts = parts_of(payout)
    if len(parts) > 1 and (fault := fault_of(payout)):
        raise Refusal(fault, {"batch": payout.id[:40]})
    return tuple(map(check_batch, parts))


def require_short(id: str, lines: Sequence[BatchLine]) -> None:
    """Refuse a payout with too many lines while it's read, so that no file fills the memory."""
    if len(lines) > PAYOUT_LINES_MOST:
        raise Refusal("batch_long", {"batch": id[:40], "limit": PAYOUT_LINES_MOST})


def _places(header: Sequence[str], columns: Mapping[str, str], needed: tuple[str, ...]) -> Mapping[str, int]:
    """The column of each field. Raises `Refusal` if one is missing."""
    named = [name.strip().casefold() for name in header]
    places = {ours: named.index(theirs) for ours, theirs in columns.items() if theirs in named}
    if not set(needed) <= set(places):
        raise Refusal("batch_file")
    return places


def _fields(cells: Sequence[str], columns: Mapping[str, str], places: Mapping[str, int]) -> Mapping[str, str]:
    found = {ours: cells[at].strip() if at < len(cells) else "" for ours, at in places.items()}
    return {**dict.fromkeys(columns, ""), **found}


def _rows(data: bytes, columns: Mapping[str, str], needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows by field name, each with its number in the file. Missing columns are empty."""
    lines = _text(data).splitlines()
    separator = find_separator(lines[:1])
    lines = lines[1:] if lines and lines[0].lower().startswith("sep=") else lines
    reader = csv.reader(lines, delimiter=separator)
    places = _places(next(reader, []), columns, needed)
    try:
        for number, cells in enumerate(reader, 2):
            if any(cells):
                yield number, _fields(cells, columns, places)
    except csv.Error as error:
        raise Refusal("batch_file") from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
