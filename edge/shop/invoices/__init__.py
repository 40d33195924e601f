"""Invoices made out to a name. See README.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from edge.core.messages import Command
from edge.core.people.forgetting import ForgetPerson
from edge.core.registry import MACHINE, Around, Capability, CommandSpec, Handler, QuerySpec, Transaction
from edge.shop.access.rights import CUSTOMERS_READ, INVOICES, MANAGE, REPORTS, SELL
from edge.shop.customers.commands import ForgetCustomer
from edge.shop.invoices import commands
from edge.shop.invoices.erasing_part import PARTS
from edge.shop.invoices.events import EVENTS, UPCASTERS
from edge.shop.invoices.handlers import Invoices, around_copy, around_forgetting, around_forgetting_customer
from edge.shop.invoices.project import projector
from edge.shop.invoices.queries import customer_invoices, kept_of, read_invoice, read_invoices
from edge.shop.invoices.settings import InvoiceSettings
from edge.shop.invoices.settings import settings_of as settings_of
from edge.shop.printing.commands import CopyPrint
from edge.shop.till import commands as till
from edge.shop.till.live_settings import live
from edge.shop.till.settings import TillSettings

PAPERS_MADE = (till.Pay, till.SellBasket, till.RefundSale, till.VoidLastSale)
"""The till's commands whose paper may change what was invoiced."""


def capability(shop: TillSettings, settings: InvoiceSettings, country: str, mails: bool) -> Capability:
    """The invoices of a store: its tills' settings, its own, the `country` (ISO 3166) whose tax numbers businesses have
    here, and whether it can send mail."""
    now = live(shop)

    def made(tx: Transaction) -> Invoices:
        return Invoices(now.at(tx.db), settings, country, mails)

    def at(handle: Callable[..., Any]) -> Handler:
        @wraps(handle)  # also what it says that it gives back
        def handler(tx: Transaction, command: Command) -> Any:
            return handle(made(tx), tx, command)

        return handler

    def behind(handle: Callable[..., Any]) -> Around:
        return lambda handler, tx, command: handle(made(tx), handler, tx, command)

    around: Mapping[type[Command], Around] = {
        **dict.fromkeys(PAPERS_MADE, behind(Invoices.behind_paper)),
        till.CorrectTender: behind(Invoices.behind_correction),
        CopyPrint: around_copy,
        ForgetPerson: around_forgetting,
        ForgetCustomer: around_forgetting_customer,
    }
    return Capability(
        name="invoices",
        commands=(
            CommandSpec(commands.IssueInvoice, at(Invoices.issue_invoice), right=SELL, also=INVOICES),
            CommandSpec(commands.CorrectInvoice, at(Invoices.correct_invoice), right=INVOICES, ask_first=True),
            CommandSpec(commands.PrintInvoice, at(Invoices.print_invoice), right=SELL, also=INVOICES),
            CommandSpec(commands.MailInvoice, at(Invoices.mail_invoice), right=SELL, also=INVOICES),
            CommandSpec(commands.EndInvoiceNames, at(Invoices.end_names), right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(projector,),
        queries=(
            QuerySpec("invoices", read_invoices, right=REPORTS, also=INVOICES),
            QuerySpec("invoice", read_invoice, right=INVOICES),
            QuerySpec("customer_invoices", customer_invoices, right=CUSTOMERS_READ),
        ),
        parts=PARTS,
        around=around,
        kept_of=kept_of,
    )
