"""The books: the till's takings as double entries for accounting programs. See README.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from edge.accounting.books import beancount, fec, hledger, table
from edge.accounting.books.by_group import no_groups
from edge.accounting.books.entries import LedgerEntry, entries
from edge.accounting.books.fec import name_of as fec_name

FORMATS: Mapping[str, Callable[[Iterable[LedgerEntry]], Iterator[str]]] = {
    "hledger": hledger.lines,
    "beancount": beancount.lines,
    "csv": table.lines,
    "fec": fec.lines,
}
"""Export formats by name; each converts entries to the lines of a file."""

__all__ = ["FORMATS", "LedgerEntry", "entries", "fec_name", "no_groups"]
