"""Customer accounts and orders on account. See README.md."""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.accounting.accounts import card_part, commands, money, queries, quotes, sales_orders
from edge.accounting.accounts.checks import accounts_stock_check
from edge.accounting.accounts.delivered_lots import sales_order_lots
from edge.accounting.accounts.entities import ACCOUNTS
from edge.accounting.accounts.entities import owing_of as owing_of
from edge.accounting.accounts.events import EVENTS
from edge.accounting.accounts.figures import FIGURES
from edge.accounting.accounts.money import AccountMoney
from edge.accounting.accounts.project import projector
from edge.accounting.accounts.quote_reads import personal_data_of, read_quote, read_quotes
from edge.accounting.accounts.quotes import Quotes
from edge.accounting.accounts.reminder_part import part_of
from edge.accounting.accounts.reminders import Reminders
from edge.accounting.accounts.sales_orders import SalesOrders
from edge.accounting.accounts.settings import AccountSettings
from edge.accounting.accounts.settings import settings_of as settings_of
from edge.accounting.accounts.statement import account_statement
from edge.accounting.accounts.watches import WATCHES
from edge.core.endpoints import HttpAddress
from edge.core.messages import Command
from edge.core.registry import Capability, CommandSpec, MethodHandler, PartSpec, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.counter.till import commands as till
from edge.counter.till.live_settings import live
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import ACCOUNTS as ACCOUNTS_RIGHT
from edge.foundation.access.rights import MANAGE, SELL

PAPERS_MADE: tuple[type[Command], ...] = (till.Pay, till.SellPriced, till.SellBasket, till.RefundSale)
"""Till commands that charge an account or credit it."""


def capability(
    shop: TillSettings, settings: AccountSettings, country: str, mails: bool, province: str = ""
) -> Capability:
    """The accounts capability of a store, with its till and account settings, `country` and `province`. `mails`:
    whether it sends mail."""
    orders: Any = partial(MethodHandler, live(shop).of, SalesOrders)
    sums: Any = partial(MethodHandler, live(shop).of, AccountMoney)
    quoted: Any = partial(MethodHandler, live(shop).of, Quotes)
    reminders = Reminders(settings, mails, country, province)
    does = partial(CommandSpec, right=MANAGE, also=ACCOUNTS_RIGHT, surfaces=NAMED_TILL)
    reads = partial(QuerySpec, right=MANAGE, also=ACCOUNTS_RIGHT, surfaces=STAFF)
    return Capability(
        name="accounts",
        commands=(
            *ACCOUNTS.commands(),
            does(commands.MakeQuote, quoted(Quotes.make)),
            does(commands.AcceptQuote, quoted(Quotes.accept)),
            does(commands.DeclineQuote, quotes.decline, ask_first=True),
            does(commands.OpenSalesOrder, orders(SalesOrders.open)),
            does(commands.DeliverSalesOrder, orders(SalesOrders.deliver)),
            does(commands.ReplaceDelivered, orders(SalesOrders.replace)),
            does(commands.CloseSalesOrder, sales_orders.close, ask_first=True),
            does(commands.ReceivePayment, sums(AccountMoney.receive)),
            does(commands.ChargeAccountCard, sums(AccountMoney.charge_card), right=SELL),
            CommandSpec(commands.BookAccountCard, sums(AccountMoney.book_card), right=SELL, surfaces=MACHINE),
            does(commands.UndoPayment, sums(AccountMoney.undo), ask_first=True),
            does(commands.ChargeAccount, sums(AccountMoney.charge), ask_first=True),
            does(commands.ImportAccountBalance, sums(AccountMoney.open_balance), surfaces=MACHINE),
            does(commands.UndoImportedBalance, money.undo_opening, surfaces=MACHINE),
            does(commands.InvoiceAccount, money.invoice_all),
            does(commands.RemindCustomers, reminders.remind, surfaces=STAFF),
        ),
        events=EVENTS,
        watches=WATCHES,
        mended_at="/manager/accounts",
        projectors=(projector,),
        queries=(
            reads("accounts", queries.read_accounts),
            reads(
                "account_standing",
                queries.standing,
                http=(HttpAddress("GET", "accounts/{customer}/standing", name="account_standing"),),
            ),
            reads("account_items", queries.account_items),
            reads("account_credits", queries.account_credits),
            reads("account_statement", account_statement),
            reads("sales_orders", queries.read_sales_orders),
            reads("sales_order", queries.read_sales_order),
            reads("sales_order_lots", sales_order_lots, rests_on=("stock_movements",)),
            reads("quotes", read_quotes),
            reads("quote", read_quote),
            reads("accounts_stock_check", accounts_stock_check),
        ),
        parts=(PartSpec("account_reminders", part_of(reminders)), PartSpec("account_cards", card_part.part_of)),
        before={till.CorrectTender: money.before_correction},
        after=dict.fromkeys(PAPERS_MADE, money.after_paper),
        personal_data_of=personal_data_of,
        figures=FIGURES,
    )
