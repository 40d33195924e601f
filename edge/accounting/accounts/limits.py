"""Credit limits, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.entities import account_of
from edge.accounting.accounts.queries import AccountStanding, standing
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import OVERRIDE


def require_account(tx: Transaction, customer: str) -> Account:
    """A customer's account. Raises `Refusal` if they have none."""
    found = account_of(tx.db, customer)
    if found is None:
        raise Refusal("no_account", {"customer": customer[:80]})
    return found


def require_credit(tx: Transaction, account: Account, more_minor: int, override: str, currency: str) -> str:
    """Check an account's credit. Returns the reason for an override, or "".

    Raises `Refusal` if `more_minor` would exceed the limit, or something has been overdue too long, without an
    authorised reason.
    """
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
    """The refusal if the limit is exceeded; reaching it exactly is allowed."""
    limit = now.account.limit_minor
    if limit is None or more_minor <= 0 or now.exposure_minor + more_minor <= limit:
        return None
    values: dict[str, str | int] = {"limit_minor": limit, "exposure_minor": now.exposure_minor + more_minor}
    return Refusal("credit_limit", values)


def on_hold(now: AccountStanding, today: str) -> Refusal | None:
    """The refusal if something has been overdue longer than the account allows."""
    if not now.oldest_due:
        return None
    days = (date.fromisoformat(today) - date.fromisoformat(now.oldest_due)).days
    if days <= now.account.hold_after_days:
        return None
    return Refusal("account_on_hold", {"days": days, "due": now.oldest_due})
