"""What an accounts system is that our books go out to, and what our accounts and suppliers are there. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.feeds.connector import HTTP, HTTPS, Connector
from edge.core.messages import Refusal

TARGETS_MOST = 10
PAIRS_CHARS = 8_000
PAIRS_MOST = 300
PURCHASES, PURCHASE_TAXES = "purchases", "purchase taxes"
"""Beside the accounts of the books: what bills are of, by the categories of the goods below it
(`purchases:drinks:beer`), and their taxes."""

TargetId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
TargetKind = Literal["quickbooks", "xero"]
Pairs = Annotated[str, msgspec.Meta(max_length=PAIRS_CHARS, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$(?!\n)")]
SinceDay = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", extra={"type": "date"})]


class BooksTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An accounts system at `address`; `account` is QuickBooks' number of the company, or Xero's id of the tenant.

    From the day `since` on it is sent what is switched on by name: bills of suppliers once they are posted here, and
    each day's journal of the tills once the day is over. `final`: what is sent to Xero is approved there, and not a
    draft. `accounts`: a line each "our account = their account" (a beginning of ours stands for all below it);
    `suppliers`: "our supplier = theirs", their id or name.
    """

    id: TargetId
    since: SinceDay
    kind: TargetKind = "quickbooks"
    address: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    account: Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    sends_bills: bool = False
    sends_journal: bool = False
    final: bool = False
    accounts: Pairs = ""
    suppliers: Pairs = ""
    is_active: bool = True

    @property
    def connector(self) -> Connector:
        """How it is signed in to: as what records are fetched from, by the same secret."""
        return Connector(self.id, "Accounting", self.kind, address=self.address, account=self.account)


def pairs_of(text: str) -> dict[str, str]:
    """What stands on the lines of such a text.

    >>> pairs_of("assets:cash = 1000\\n income:sales=4000")
    {'assets:cash': '1000', 'income:sales': '4000'}
    """
    parts = (line.rpartition("=") for line in text.splitlines() if line.strip())
    return {ours.strip(): theirs.strip() for ours, _, theirs in parts}


def their_account(pairs: dict[str, str], ours: str) -> str:
    """Their account of one of ours, by the longest beginning of it that somebody said; "": nobody did.

    >>> their_account({"assets": "1", "assets:cash": "2"}, "assets:cash:till 1"), their_account({}, "assets")
    ('2', '')
    """
    parts = ours.split(":")
    for length in range(len(parts), 0, -1):
        if found := pairs.get(":".join(parts[:length])):
            return found
    return ""


def require_sense(target: BooksTarget) -> None:
    """`Refusal`: its parts do not fit each other."""
    if not target.address.startswith((HTTPS, HTTP)):
        raise Refusal("feed_address_wrong", {"address": target.address[:80]})
    for text in (target.accounts, target.suppliers):
        lines = [line for line in text.splitlines() if line.strip()]
        wrong = next((line for line in lines if not all(map(str.strip, line.rpartition("=")))), "")
        if wrong or len(lines) > PAIRS_MOST:
            raise Refusal("books_pairs_wrong", {"line": wrong[:80], "limit": PAIRS_MOST})
