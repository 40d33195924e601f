"""Settings of an accounting system, and the mapping of accounts and suppliers. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.feeds.connector import HTTP, HTTPS, Connector
from edge.core.messages import Refusal

TARGETS_MOST = 10
PAIRS_CHARS = 8_000
PAIRS_MOST = 300
PURCHASES, PURCHASE_TAXES = "purchases", "purchase taxes"
"""Accounts in addition to the ledger's: purchases by bill, subdivided by product category (`purchases:drinks:beer`),
and their taxes."""

TargetId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
TargetKind = Literal["quickbooks", "xero"]
Pairs = Annotated[str, msgspec.Meta(max_length=PAIRS_CHARS, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$(?!\n)")]
SinceDay = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", extra={"type": "date"})]


class BooksTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An accounting system at `address`. `account`: QuickBooks' company id or Xero's tenant id.

    From the day `since`, it receives suppliers' bills once posted here, and each completed day's journal, if these are
    switched on. `final`: approve documents in Xero instead of creating drafts. `accounts`: lines of "our account =
    their account" (a prefix covers everything below it); `suppliers`: "our supplier = theirs", by id or name.
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
        """The connector used to sign in. It shares the secret of record imports."""
        return Connector(self.id, "Accounting", self.kind, address=self.address, account=self.account)


def pairs_of(text: str) -> dict[str, str]:
    """The pairs of our and the other system's ids in a text.

    >>> pairs_of("assets:cash = 1000\\n income:sales=4000")
    {'assets:cash': '1000', 'income:sales': '4000'}
    """
    parts = (line.rpartition("=") for line in text.splitlines() if line.strip())
    return {ours.strip(): theirs.strip() for ours, _, theirs in parts}


def their_account(pairs: dict[str, str], ours: str) -> str:
    """The other system's account for one of ours, by the longest mapped prefix; "" if none.

    >>> their_account({"assets": "1", "assets:cash": "2"}, "assets:cash:till 1"), their_account({}, "assets")
    ('2', '')
    """
    parts = ours.split(":")
    for length in range(len(parts), 0, -1):
        if found := pairs.get(":".join(parts[:length])):
            return found
    return ""


def require_sense(target: BooksTarget) -> None:
    """Raise `Refusal` if the settings contradict each other."""
    if not target.address.startswith((HTTPS, HTTP)):
        raise Refusal("feed_address_wrong", {"address": target.address[:80]})
    for text in (target.accounts, target.suppliers):
        lines = [line for line in text.splitlines() if line.strip()]
        wrong = next((line for line in lines if not all(map(str.strip, line.rpartition("=")))), "")
        if wrong or len(lines) > PAIRS_MOST:
            raise Refusal("books_pairs_wrong", {"line": wrong[:80], "limit": PAIRS_MOST})
