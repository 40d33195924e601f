"""Entries as CSV (RFC 4180), a row per posting, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from edge.accounting.books.entries import LedgerEntry
from edge.lib.tables.injection import guard_cell
from edge.lib.units.money import show_minor

HEADER = ("date", "seq", "text", "account", "amount", "currency")


def lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    yield _row(HEADER)
    for entry in entries:
        for posting in entry.postings:
            account = guard_cell(":".join(posting.account))
            amount = show_minor(posting.minor, entry.currency)
            yield _row((entry.day, entry.seq, guard_cell(entry.text), account, amount, entry.currency))


def _row(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
