"""A wholesaler's shop for tests of accounts: goods, a customer who pays later, and what the books say they owe."""

from __future__ import annotations

from edge.accounting import books
from edge.accounting.accounts.account import Account
from edge.accounting.accounts.checks import accounts_stock_check
from edge.accounting.accounts.commands import SetAccount
from edge.accounting.accounts.queries import AccountStanding, read_accounts, standing
from edge.accounting.books.entries import RECEIVABLES
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Command, Outcome, Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.customers import known
from tests.shop_fixture import CASHIER, SYSTEM, done

OFFICE = CASHIER.with_rights("accounts", "customers.read", "invoices")
"""Who keeps the accounts; may not override."""
OWNER = CASHIER.with_rights("manage", "override")
CHEESE = Product("cheese", {"en": "Cheese", "fr": "Fromage", "he": "גבינה"}, ("2000000000046",), 1_000, "reduced")
WINE = Product("wine", {"en": "Wine", "fr": "Vin"}, ("2000000000053",), 600, "standard")
BISTRO = {"name": "Bistro Nord", "email": "office@bistro.test", "phone": "+33 6 12 34 56 78"}


async def stocked(shop: CommandBus, cheese: int = 50, wine: int = 100) -> None:
    await done(shop, SetProducts((CHEESE, WINE)), SYSTEM)
    if cheese:
        await done(shop, RecordMovement("cheese", "in", units=cheese * 1_000, lot="C1", unit_cost_minor=700), SYSTEM)
    if wine:
        await done(shop, RecordMovement("wine", "in", units=wine * 1_000, unit_cost_minor=400), SYSTEM)


async def on_account(shop: CommandBus, limit_minor: int | None = 50_000, **terms: int) -> str:
    """A customer who pays later."""
    customer = await known(shop, **BISTRO)
    await done(shop, SetAccount(Account(customer, limit_minor, **terms)), OWNER)
    return customer


def stands(shop: CommandBus, customer: str, day: str = "2027-01-15") -> AccountStanding:
    found = standing(shop.reader, customer, day)
    assert found is not None
    return found


def refusal(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


async def refused(shop: CommandBus, command: Command, actor: object = OWNER) -> str:
    return refusal(await shop.do(command, actor))  # type: ignore[arg-type]


def in_agreement(shop: CommandBus) -> None:
    """What the books say is owed is what the accounts say, and nothing is found that is not as it should be."""
    entries = books.entries(facts(shop.reader, shop.registry, 1))
    owed = sum(one.minor for entry in entries for one in entry.postings if one.account == RECEIVABLES)
    assert owed == sum(one.balance_minor for one in read_accounts(shop.reader, "2027-01-15"))
    assert accounts_stock_check(shop.reader, 0) == []
