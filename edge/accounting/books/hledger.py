"""Entries as an hledger journal (hledger manual, "Journal"), strict: accounts and currencies are declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from edge.accounting.books.entries import Account, LedgerEntry
from edge.lib.units.money import show_minor

_SPECIAL_CHARS = re.compile(r"[;:|()\[\]{}*!\"\s\x00-\x1f]+")
"""Characters with a meaning to hledger in names. A run of them becomes one space."""


def lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    yield "decimal-mark ."
    declared: set[str] = set()
    for entry in entries:
        shown = [(_name(posting.account), posting.minor) for posting in entry.postings]
        currency = f"commodity {show_minor(10**6, entry.currency)} {entry.currency}"
        for line in (currency, *(f"account {name}" for name, _ in shown)):
            if line not in declared:
                declared.add(line)
                yield line
        yield ""
        yield f"{entry.day} * {_clean(entry.text)}  ; seq:{entry.seq}"
        for name, minor in shown:
            yield f"    {name}  {show_minor(minor, entry.currency)} {entry.currency}"


def _name(account: Account) -> str:
    return ":".join(_clean(part) or "unnamed" for part in account)


def _clean(text: str) -> str:
    return _SPECIAL_CHARS.sub(" ", text).strip()
