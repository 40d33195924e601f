"""Whether somebody may have more on account, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.entities import account_of
from edge.accounting.accounts.queries import AccountStanding, standing
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import OVERRIDE


def require_account(tx: Transaction, customer: str) -> Account:
    """The account of a customer. `Refusal`: they have none."""
    found = account_of(tx.db, customer)
    if found is None:
        raise Refusal("no_account", {"customer": customer[:80]})
    return found


def require_credit(tx: Transaction, account: Account, more_minor: int, override: str, currency: str) -> str:
    """Why it goes on all the same, "" where nothing forbids it. `Refusal`: the limit would be passed by `more_minor`
    beside all that there is, or something is overdue for too long, and nobody who may says why it goes on."""
    now = standing(tx.db, account.customer, tx.business_date)
    assert now is not None
    refusal = on_hold(now, tx.business_date) or over_limit(now, more_minor, currency)
    if refusal is None:
        return ""
    if not override.strip():
        raise refusal
    if not tx.actor.may(OVERRIDE):
        raise Refusal("right_denied", {"command": "OpenSalesOrder", "right": OVERRIDE})
    return override


def over_limit(now: AccountStanding, more_minor: int, currency: str) -> Refusal | None:
    """Above the limit, not at it."""
    limit = now.account.limit_minor
    if limit is None or more_minor <= 0 or now.exposure_minor + more_minor <= limit:
        return None
    values: dict[str, str | int] = {"limit_minor": limit, "exposure_minor": now.exposure_minor + more_minor}
    return Refusal("credit_limit", values)


def on_hold(now: AccountStanding, today: str) -> Refusal | None:
    """Something is overdue by more days than the account allows."""
    if not now.oldest_due:
        return None
    days = (date.fromisoformat(today) - date.fromisoformat(now.oldest_due)).days
    if days <= now.account.hold_after_days:
        return None
    return Refusal("account_on_hold", {"days": days, "due": now.oldest_due})
