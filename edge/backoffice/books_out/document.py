"""A document for an accounting system: a supplier's bill or a day's journal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.backoffice.books_out.target import PURCHASE_TAXES, PURCHASES, BooksTarget, pairs_of, their_account
from edge.goods.supplier_invoices.paper import Paper
from edge.lib.units.money import exponent

LINES_MOST = 450
REF_CHARS = 60
ACCOUNT_CHARS = 200
SALES, REFUNDS = "income:sales", "income:refunds"
"""Ledger accounts: sales and refunds, each subdivided by product category."""
DocumentKind = Literal["bill", "journal"]
Minor = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=REF_CHARS)]


class BooksLine(msgspec.Struct, frozen=True):
    """An amount on one of our accounts, in minor units, positive for debits. `theirs`: the matching account in the
    other system."""

    account: Annotated[str, msgspec.Meta(max_length=ACCOUNT_CHARS)]
    amount_minor: Minor
    theirs: Annotated[str, msgspec.Meta(max_length=120)] = ""
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""


class BooksDocument(msgspec.Struct, frozen=True):
    """A bill or journal as sent. Dates are ISO 8601. `ref`: our id; `number`: its number in the other system. For a
    bill, `supplier` is our id and `theirs` the other system's id or name."""

    kind: DocumentKind
    ref: Ref
    day: Annotated[str, msgspec.Meta(max_length=10)]
    number: Annotated[str, msgspec.Meta(max_length=300)]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    lines: Annotated[tuple[BooksLine, ...], msgspec.Meta(max_length=LINES_MOST)]
    supplier: Annotated[str, msgspec.Meta(max_length=40)] = ""
    theirs: Annotated[str, msgspec.Meta(max_length=300)] = ""
    due: Annotated[str, msgspec.Meta(max_length=10)] = ""

    @property
    def first_unmapped(self) -> str:
        """The first account without a counterpart in the other system; "" if all have one."""
        return next((line.account for line in self.lines if not line.theirs), "")

    @property
    def total_minor(self) -> int:
        """A bill's total including tax."""
        return sum(line.amount_minor for line in self.lines)


def bill_of(
    target: BooksTarget,
    number: int,
    supplier: str,
    name: str,
    paper: Paper,
    groups: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
) -> BooksDocument:
    """A posted invoice as a bill, with a line for each invoice line, header charge and allowance, and for tax.

    Tax is separate so that the bill adds up to the paper's total whatever tax rates the other system uses. `name`: the
    supplier's name; `groups`: each line's categories from the top (lines from 0), for accounts below `purchases`.
    """
    accounts = pairs_of(target.accounts)
    sums = [
        (purchases_of(groups.get(at, ())), _minor(line.total, paper.currency), line.name or line.code)
        for at, line in enumerate(paper.lines)
    ]
    net, tax = _minor(paper.net, paper.currency), _minor(paper.tax, paper.currency)
    total = _minor(paper.total, paper.currency)
    rest = (net if paper.net else total - tax) - sum(minor for _, minor, _ in sums)
    sums += [(PURCHASES, rest, "")] if rest else []
    sums += [(PURCHASE_TAXES, tax, "")] if tax else []
    if off := total - sum(minor for _, minor, _ in sums):
        sums.append((PURCHASES, off, ""))
    lines = tuple(BooksLine(ours, minor, their_account(accounts, ours), text) for ours, minor, text in sums if minor)
    theirs = pairs_of(target.suppliers).get(supplier) or _fetched_id(target, supplier) or name
    return BooksDocument(
        "bill", f"{number}", paper.date, paper.number, paper.currency, lines, supplier, theirs, paper.due
    )


def purchases_of(group: tuple[str, ...]) -> str:
    """Our account for purchases of a category. If it's too deep, a category above is used.

    >>> purchases_of(("drinks", "beer")), purchases_of(())
    ('purchases:drinks:beer', 'purchases')
    """
    return account_of(PURCHASES, group)


def account_of(account: str, group: Iterable[str]) -> str:
    """Our account for a category below another account. If it's too deep, a category above is used."""
    for category in group:
        if len(account) + len(category) >= ACCOUNT_CHARS:
            break
        account += f":{category}"
    return account


def journal_of(
    target: BooksTarget, store: str, day: str, currency: str, sums: Mapping[str, int], sent: Iterable[Mapping[str, int]]
) -> BooksDocument | None:
    """A journal of a day's sums by account that haven't been sent yet, or None. `sent`: the sums already sent for that
    day."""
    accounts, times = pairs_of(target.accounts), 0
    left, gone = fold_groups(sums, accounts), dict[str, int]()
    for before in sent:
        times += 1
        for account, minor in before.items():
            gone[account] = gone.get(account, 0) + minor
    for account, minor in gone.items():
        left[account] = left.get(account, 0) - minor
    if times:
        left = _late(left)
    lines = tuple(
        BooksLine(account, minor, their_account(accounts, account)) for account, minor in sorted(left.items()) if minor
    )
    if not lines:
        return None
    more = f"-{times + 1}" if times else ""
    return BooksDocument("journal", f"{day} {currency}{more}", day, f"{store[:7]}-{day}{more}", currency, lines)


def fold_groups(sums: Mapping[str, int], accounts: Mapping[str, str]) -> dict[str, int]:
    """Combine sales and refunds by category, keeping a category only if it, or one above it, has an account.

    >>> fold_groups({"income:sales:drinks:beer": -5, "income:sales:food": -2}, {"income:sales:drinks": "4010"})
    {'income:sales:drinks': -5, 'income:sales': -2}
    """
    found: dict[str, int] = {}
    for account, minor in sums.items():
        whole = _whole_of(account)
        while whole and account != whole and account not in accounts:
            account = account.rpartition(":")[0]
        found[account] = found.get(account, 0) + minor
    return found


def _late(left: Mapping[str, int]) -> dict[str, int]:
    """The unsent rest of a day that was sent before. Later changes of categories or accounts don't move amounts. Late
    sales or refunds go to their category's account if all have the same sign."""
    found = dict(left)
    for whole in (SALES, REFUNDS):
        mine = {account: minor for account, minor in left.items() if _whole_of(account) == whole}
        total = sum(mine.values())
        if abs(total) != sum(map(abs, mine.values())):
            found = {account: minor for account, minor in found.items() if account not in mine} | {whole: total}
    return found


def _whole_of(account: str) -> str:
    """The sales or refunds account that an account is or belongs to; "" for others."""
    return next((whole for whole in (SALES, REFUNDS) if account == whole or account.startswith(f"{whole}:")), "")


def _fetched_id(target: BooksTarget, supplier: str) -> str:
    """The accounting system's id for a supplier imported from it."""
    begins = "quickbooks-"
    return supplier[len(begins) :] if target.kind == "quickbooks" and supplier.startswith(begins) else ""


def _minor(amount: str, currency: str) -> int:
    """A decimal in minor units, rounded half up; "" is 0."""
    scaled = Decimal(amount or "0").scaleb(exponent(currency))
    return int(scaled.to_integral_value(ROUND_HALF_UP))
