"""Who buys here, as far as they want that to be known. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.shop.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE
from edge.shop.customers import commands
from edge.shop.customers.consent_handlers import give_consent, publish_wording, withdraw_consent
from edge.shop.customers.consents import consent_history, read_wordings
from edge.shop.customers.events import EVENTS
from edge.shop.customers.handlers import Busy, Customers
from edge.shop.customers.handlers import forget_customer as forget_customer
from edge.shop.customers.privacy_requests import answer_request, note_breach, note_request, read_breaches, read_requests
from edge.shop.customers.privacy_requests import projector as requests
from edge.shop.customers.project import projector
from edge.shop.customers.queries import read_customer, read_customers
from edge.shop.customers.settings import CustomerSettings
from edge.shop.customers.settings import settings_of as settings_of
from edge.shop.customers.watches import WATCHES
from edge.shop.customers.wishlist import add_wish, read_wishlist, remove_wish


def capability(settings: CustomerSettings, busy: tuple[Busy, ...] = ()) -> Capability:
    """The customers of a store with these settings. `busy`: whether other capabilities have still to do with one."""
    customers = Customers(settings, busy)
    return Capability(
        name="customers",
        commands=(
            CommandSpec(
                commands.SetCustomer, customers.set_customer, right=CUSTOMERS_WRITE, ask_first=True, surfaces=STAFF
            ),
            CommandSpec(
                commands.MergeCustomers,
                customers.merge_customers,
                right=CUSTOMERS_WRITE,
                ask_first=True,
                surfaces=STAFF,
            ),
            CommandSpec(
                commands.ForgetCustomer,
                customers.forget_customer,
                right=CUSTOMERS_WRITE,
                ask_first=True,
                reauthenticate=True,
                surfaces=STAFF,
            ),
            CommandSpec(
                commands.ExportCustomer,
                customers.export_customer,
                right=CUSTOMERS_WRITE,
                ask_first=True,
                reauthenticate=True,
                surfaces=STAFF,
            ),
            CommandSpec(commands.PublishWording, publish_wording, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.GiveConsent, give_consent, right=CUSTOMERS_WRITE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.WithdrawConsent, withdraw_consent, right=CUSTOMERS_WRITE, surfaces=STAFF),
            CommandSpec(commands.NoteRequest, note_request, right=CUSTOMERS_WRITE, surfaces=STAFF),
            CommandSpec(commands.AnswerRequest, answer_request, right=CUSTOMERS_WRITE, surfaces=STAFF),
            CommandSpec(commands.NoteBreach, note_breach, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.AddWish, add_wish, right=CUSTOMERS_WRITE, surfaces=STAFF),
            CommandSpec(commands.RemoveWish, remove_wish, right=CUSTOMERS_WRITE, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector, requests),
        queries=(
            QuerySpec("customer", read_customer, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("customers", read_customers, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("consent_history", consent_history, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("consent_wordings", read_wordings, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("customer_requests", read_requests, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("privacy_breaches", read_breaches, right=MANAGE, surfaces=STAFF),
            QuerySpec("wishlist", read_wishlist, right=CUSTOMERS_READ, surfaces=STAFF),
        ),
        watches=WATCHES,
    )
