"""Customers, with the data they choose to share. See README.md."""

from __future__ import annotations

from functools import partial

from edge.core.endpoints import HttpAddress, Method
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import INSIDE, STAFF
from edge.foundation.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE
from edge.people.customers import commands
from edge.people.customers.additions import add_customers
from edge.people.customers.consent_handlers import Consenting, publish_wording, withdraw_consent
from edge.people.customers.consents import consent_history, read_wordings
from edge.people.customers.customer import PURPOSES
from edge.people.customers.events import EVENTS
from edge.people.customers.handlers import Busy, Customers
from edge.people.customers.handlers import forget_customer as forget_customer
from edge.people.customers.privacy_requests import (
    answer_request,
    note_breach,
    note_request,
    note_request_of,
    read_breaches,
    read_requests,
)
from edge.people.customers.privacy_requests import projector as requests
from edge.people.customers.project import projector
from edge.people.customers.queries import read_customer, read_customers
from edge.people.customers.settings import CustomerSettings
from edge.people.customers.settings import settings_of as settings_of
from edge.people.customers.watches import WATCHES
from edge.people.customers.wishlist import add_wish, read_wishlist, remove_wish

_PURPOSE = f"consents/{{purpose:{'|'.join(PURPOSES)}}}"


def _at(method: Method, path: str, name: str) -> tuple[HttpAddress, ...]:
    """The HTTP address of an action on a customer."""
    return (HttpAddress(method, f"customers/{{id}}/{path}", {"id": "customer"}, name),)


def capability(settings: CustomerSettings, busy: tuple[Busy, ...] = ()) -> Capability:
    """Customer capability with these settings. `busy`: whether other capabilities have open business with one."""
    customers = Customers(settings, busy)
    reads = partial(QuerySpec, right=CUSTOMERS_READ, surfaces=STAFF)
    writes = partial(CommandSpec, right=CUSTOMERS_WRITE, surfaces=STAFF)
    consenting = Consenting(settings.parents_age)
    return Capability(
        name="customers",
        commands=(
            writes(commands.SetCustomer, customers.set_customer, ask_first=True),
            CommandSpec(
                commands.AddCustomers, partial(add_customers, settings), right=CUSTOMERS_WRITE, surfaces=INSIDE
            ),
            writes(commands.MergeCustomers, customers.merge_customers, ask_first=True),
            writes(
                commands.ForgetCustomer,
                customers.forget_customer,
                ask_first=True,
                reauthenticate=True,
                http=(HttpAddress("DELETE", "customers/{id}", name="forget"),),
            ),
            writes(commands.ExportCustomer, customers.export_customer, ask_first=True, reauthenticate=True),
            CommandSpec(commands.PublishWording, publish_wording, right=MANAGE, ask_first=True, surfaces=STAFF),
            writes(commands.GiveConsent, consenting.give, ask_first=True, http=_at("POST", "consents", "post_consent")),
            writes(commands.WithdrawConsent, withdraw_consent, http=_at("DELETE", _PURPOSE, "delete_consent")),
            writes(commands.NoteRequest, note_request),
            writes(commands.NoteRequestOf, note_request_of),
            writes(commands.AnswerRequest, answer_request),
            CommandSpec(commands.NoteBreach, note_breach, right=MANAGE, ask_first=True, surfaces=STAFF),
            writes(commands.AddWish, add_wish, http=_at("PUT", "wishlist/{sku}", "put_wish")),
            writes(commands.RemoveWish, remove_wish, http=_at("DELETE", "wishlist/{sku}", "delete_wish")),
        ),
        events=EVENTS,
        projectors=(projector, requests),
        queries=(
            reads("customer", read_customer),
            reads("customers", read_customers, http=(HttpAddress("GET", "customers", name="listed"),)),
            reads("consent_history", consent_history),
            reads("consent_wordings", read_wordings, http=(HttpAddress("GET", "consents/wordings", name="wordings"),)),
            reads("customer_requests", read_requests),
            QuerySpec("privacy_breaches", read_breaches, right=MANAGE, surfaces=STAFF),
            reads("wishlist", read_wishlist),
        ),
        watches=WATCHES,
        mended_at="/manager/customers",
    )
