"""Bank statements as BAI2 (Cash Management Balance Reporting Specifications, version 2). Pure.

Records have comma-separated fields and end with `/`; `88` continues the previous record. All totals are verified, and a
file with a wrong one is refused entirely.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from edge.accounting.settlements.bank import BankCredit, clean, number_alike
from edge.core.messages import Refusal

_CREDITS, _DEBITS = range(100, 400), range(400, 700)
_FUNDS_FIELDS = {"S": 3, "V": 2}
"""Number of fields after a funds type. `D` states its number of pairs; others have none."""


def read_bai2(text: str) -> tuple[BankCredit, ...]:
    """The credits of a file. Raises `Refusal` if it's unreadable or a total is wrong."""
    try:
        return number_alike(_File(_records(text)).credits())
    except (ValueError, IndexError) as error:
        raise Refusal("bank_file") from error


def _records(text: str) -> list[list[str]]:
    """Logical records, with their `88` continuation lines joined. The last field is the number of lines."""
    records: list[list[str]] = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        fields = line.removesuffix("/").split(",")
        if fields[0] == "88":
            records[-1] = [*records[-1][:-1], *fields[1:], str(int(records[-1][-1]) + 1)]
        else:
            records.append([*fields, "1"])
    return records


class _File:
    """A file being read. Keeps the totals of the account, the group and the file so far, each with sum, parts and
    records."""

    def __init__(self, records: list[list[str]]) -> None:
        self._records = records
        self._day = self._currency = self._account = self._account_currency = ""
        self._account_sums, self._group_sums, self._file_sums = [0, 0], [0, 0, 0], [0, 0, 0]
        self._ended = False

    def credits(self) -> Iterator[BankCredit]:
        if not self._records or self._records[0][0] != "01":
            raise ValueError("it isn't a BAI2 file")
        for *record, lines in self._records:
            if self._ended:
                raise ValueError("it continues after its end record")
            yield from self._record(record, int(lines))
        if not self._ended:
            raise ValueError("its end is missing")

    def _record(self, record: list[str], lines: int) -> Iterator[BankCredit]:
        for sums in (self._account_sums, self._group_sums, self._file_sums):
            sums[-1] += lines
        match record[0]:
            case "01":
                self._file_sums[-1] = lines
            case "02":
                self._day, self._currency = _day(record[4]), record[6] if len(record) > 6 else ""
                self._group_sums = [0, 0, lines]
            case "03":
                self._account, self._account_currency = record[1], record[2] or self._currency
                self._account_sums = [sum(map(_number, _summary_amounts(record[3:]))), lines]
            case "16":
                self._account_sums[0] += _number(record[2])
                yield from self._transaction(record)
            case "49":
                _same(record[1:3], self._account_sums)
                _add(self._group_sums, self._account_sums[0])
            case "98":
                _same(record[1:4], self._group_sums)
                _add(self._file_sums, self._group_sums[0])
            case "99":
                _same(record[1:4], self._file_sums)
                self._ended = True
            case _:
                raise ValueError(f"unknown record type {record[0]}")

    def _transaction(self, record: list[str]) -> Iterator[BankCredit]:
        kind, amount = int(record[1]), _number(record[2])
        if kind not in _CREDITS and kind not in _DEBITS:
            raise ValueError("neither a credit nor a debit")
        rest = record[3:]
        skipped = 1 + (
            2 * int(rest[1]) + 1 if rest and rest[0] == "D" else _FUNDS_FIELDS.get(rest[0] if rest else "", 0)
        )
        reference = rest[skipped] if len(rest) > skipped else ""
        if kind in _CREDITS and amount > 0:
            yield BankCredit(
                day=self._day,
                currency=self._account_currency,
                amount_minor=amount,
                account=clean(self._account),
                reference=clean(reference),
            )


def _summary_amounts(fields: list[str]) -> Iterator[str]:
    """Amounts in an account's summaries: type, amount, count, funds type and its fields."""
    at = 0
    while at + 1 < len(fields):
        yield fields[at + 1]
        funds = fields[at + 3] if len(fields) > at + 3 else ""
        more = 2 * int(fields[at + 4]) + 1 if funds == "D" else _FUNDS_FIELDS.get(funds, 0)
        at += 4 + more


def _number(text: str) -> int:
    """An amount; empty is 0."""
    return int(text or 0)


def _same(said: list[str], reckoned: list[int]) -> None:
    if [_number(one) for one in said] != reckoned:
        raise Refusal("bad_control_total")


def _add(sums: list[int], minor: int) -> None:
    sums[0] += minor
    sums[1] += 1


def _day(text: str) -> str:
    """YYMMDD in ISO 8601."""
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6])).isoformat()
