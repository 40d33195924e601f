"""Entries as a beancount file (Beancount Language Syntax): every account is opened before its first use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from edge.accounting.books.entries import Account, LedgerEntry
from edge.lib.units.money import show_minor

_OPENED = "1970-01-01"
"""Opening date of all accounts. It's before any business date, even on a box whose clock wasn't set."""
_PART = re.compile(r"[^\w]+|_+")


def lines(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    opened: set[str] = set()
    for entry in entries:
        shown = [(_name(posting.account), posting.minor) for posting in entry.postings]
        for name, _ in shown:
            if name not in opened:
                opened.add(name)
                yield f"{_OPENED} open {name}"
        yield ""
        yield f'{entry.day} * "{_escape_string(entry.text)}"'
        yield f"  seq: {entry.seq}"
        for name, minor in shown:
            yield f"  {name}  {show_minor(minor, entry.currency)} {entry.currency}"


def _name(account: Account) -> str:
    """A valid account name: its parts have letters, digits and dashes, and start with a capital or digit."""
    return ":".join(_capital(_PART.sub("-", part).strip("-") or "unnamed") for part in account)


def _capital(part: str) -> str:
    return part[0].upper() + part[1:]


def _escape_string(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
