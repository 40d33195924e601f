"""Alerts about accounts: customers above their limit, and overdue debts."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting.accounts.queries import read_accounts
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection


def _over(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in read_accounts(db, business_date):
        if one.is_over and one.account.limit_minor is not None:
            yield Condition(
                one.account.customer,
                {
                    "customer": one.account.customer,
                    "limit_minor": one.account.limit_minor,
                    "exposure_minor": one.exposure_minor,
                },
            )


def _overdue(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in read_accounts(db, business_date):
        if one.overdue_minor > 0:
            yield Condition(
                one.account.customer,
                {"customer": one.account.customer, "overdue_minor": one.overdue_minor, "due": one.oldest_due},
            )


WATCHES = (
    Watch("account_over_limit", "medium", _over, every_s=300),
    Watch("account_overdue", "low", _overdue, every_s=3600),
)
