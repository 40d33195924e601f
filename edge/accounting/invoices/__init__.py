"""Invoices with the buyer's name. See README.md."""

from __future__ import annotations

from functools import partial

from edge.accounting.invoices import commands
from edge.accounting.invoices.erasing_part import PARTS
from edge.accounting.invoices.events import EVENTS
from edge.accounting.invoices.figures import FIGURES
from edge.accounting.invoices.handlers import (
    Invoices,
    after_copy,
    after_forgetting_customer,
    before_copy,
    before_forgetting,
)
from edge.accounting.invoices.project import changes_projector, projector
from edge.accounting.invoices.queries import (
    ANY_INVOICE,
    customer_invoices,
    personal_data_of,
    read_invoice,
    read_invoices,
)
from edge.accounting.invoices.settings import InvoiceSettings
from edge.accounting.invoices.settings import settings_of as settings_of
from edge.core.people.forgetting import ForgetPerson
from edge.core.registry import Capability, CommandSpec, MethodHandler, OnlyWhere, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.counter.till import commands as till
from edge.counter.till.live_settings import live
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import CUSTOMERS_READ, INVOICES, MANAGE, REPORTS, SELL
from edge.foundation.printing.commands import CopyPrint
from edge.people.customers.commands import ForgetCustomer

PAPERS_MADE = (till.Pay, till.SellBasket, till.RefundSale, till.VoidLastSale)
"""Till commands whose papers may change an invoiced sale."""


def capability(shop: TillSettings, settings: InvoiceSettings, country: str, mails: bool) -> Capability:
    """The invoices capability of a store, with its till and invoice settings. `country`: the store's (ISO 3166), for
    tax numbers; `mails`: whether it can send mail."""
    made = partial(Invoices, settings=settings, country=country, mails=mails)
    at = partial(MethodHandler, live(shop).of, made)
    return Capability(
        name="invoices",
        commands=(
            CommandSpec(
                commands.IssueInvoice, at(Invoices.issue_invoice), right=SELL, also=INVOICES, surfaces=NAMED_TILL
            ),
            CommandSpec(
                commands.CorrectInvoice,
                at(Invoices.correct_invoice),
                right=INVOICES,
                ask_first=True,
                surfaces=NAMED_TILL,
            ),
            CommandSpec(
                commands.PrintInvoice, at(Invoices.print_invoice), right=SELL, also=INVOICES, surfaces=NAMED_TILL
            ),
            CommandSpec(
                commands.MailInvoice, at(Invoices.mail_invoice), right=SELL, also=INVOICES, surfaces=NAMED_TILL
            ),
            CommandSpec(commands.EndInvoiceNames, at(Invoices.end_names), right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector, changes_projector),
        figures=FIGURES,
        queries=(
            QuerySpec("invoices", read_invoices, right=REPORTS, also=INVOICES, surfaces=NAMED_TILL),
            QuerySpec("invoice", read_invoice, right=INVOICES, surfaces=STAFF),
            QuerySpec("customer_invoices", customer_invoices, right=CUSTOMERS_READ, surfaces=STAFF),
        ),
        parts=PARTS,
        before={CopyPrint: before_copy, ForgetPerson: before_forgetting},
        after={
            **dict.fromkeys(PAPERS_MADE, OnlyWhere(ANY_INVOICE, at(Invoices.after_paper))),
            till.CorrectTender: at(Invoices.after_correction),
            CopyPrint: after_copy,
            ForgetCustomer: after_forgetting_customer,
        },
        personal_data_of=personal_data_of,
    )
