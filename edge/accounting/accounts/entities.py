"""Customer accounts as master data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.accounting.accounts.account import ACCOUNTS_MOST, Account
from edge.accounting.accounts.commands import EndAccount, SetAccount
from edge.accounting.accounts.events import AccountEnded, AccountSet
from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.rights import ACCOUNTS as RIGHT
from edge.foundation.access.rights import MANAGE
from edge.people.customers.queries import all_ids, read_customer

_OWES = """
    SELECT 1 FROM account_item WHERE customer IN (SELECT value FROM json_each(?1)) AND amount_minor > paid_minor
        AND seq NOT IN (SELECT value FROM json_each(?2))
    UNION ALL
    SELECT 1 FROM account_credit WHERE customer IN (SELECT value FROM json_each(?1)) AND undone_on = ''
        AND amount_minor > used_minor AND seq NOT IN (SELECT value FROM json_each(?2))
    UNION ALL
    SELECT 1 FROM sales_order WHERE customer IN (SELECT value FROM json_each(?1)) AND state IN ('open', 'partial')
    LIMIT 1
"""


def json_ids(db: Connection, customer: str) -> str:
    """All ids of a customer as JSON, for SQL statements."""
    return msgspec.json.encode(all_ids(db, customer)).decode()


def owing_of(db: Connection, customer: str, beside: Sequence[int] = ()) -> str:
    """The reason a customer can't be forgotten now, as their account isn't settled; "" if it is. `beside`: opening
    balances that don't count."""
    asked = (json_ids(db, customer), msgspec.json.encode(beside).decode())
    return "account_open" if db.execute(_OWES, asked).fetchone() else ""


def of_a_customer(tx: Transaction, wanted: Account, known: Account | None) -> Account:
    """The account to store, under the remaining id of a merged customer. Raises `Refusal` for an unknown customer."""
    found = read_customer(tx.db, wanted.customer, tx.at_us)
    if found is None:
        raise Refusal("no_such_customer", {"id": wanted.customer})
    return Account(found.id, wanted.limit_minor, wanted.terms_days, wanted.hold_after_days, wanted.dunning)


def is_settled(tx: Transaction, command: Any) -> None:
    """Refuse to end an account that has a debt, credit or open order."""
    if owing_of(tx.db, command.customer):
        raise Refusal("account_still_open")


ACCOUNTS = Entity(
    Account,
    table="account",
    set_by=SetAccount,
    was_set=AccountSet,
    end_by=EndAccount,
    was_ended=AccountEnded,
    right=MANAGE,
    also=RIGHT,
    key=("customer",),
    limit=CountLimit(ACCOUNTS_MOST, "too_many_accounts"),
    unknown=Unknown("no_account", "customer"),
    checks=(of_a_customer,),
    end_checks=(is_settled,),
)


def account_of(db: Connection, customer: str) -> Account | None:
    """A customer's account, also under the id of a merged customer; None if there is none."""
    if not customer:
        return None
    found = (ACCOUNTS.find(db, id) for id in all_ids(db, customer))
    return next((one for one in found if one), None)
