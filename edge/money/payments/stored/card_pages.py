"""Provider pages on which customers enter a card to store, inside the transaction.

Only the customer requests a page, after giving consent. The card is entered on the provider's page and stored by its
token (`stored_methods.py`).
"""

from __future__ import annotations

import hashlib

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.payments import commands
from edge.money.payments.providers.routing import PaymentWanted, choose_provider
from edge.money.payments.queries import find_card_page, paused_providers, read_methods, read_providers, read_routes
from edge.money.payments.settings import PaymentSettings
from edge.money.payments.stored.stored_method import METHODS_MOST
from edge.money.payments.stored.stored_methods import store_method
from edge.people.customers.queries import read_customer

CARD_PAGES_MOST = 50
"""Maximum open pages in a shop."""
KEEPERS = ("stripe_checkout",)
"""Drivers whose providers store cards."""
_PUT = """
    INSERT INTO card_page (id, customer, provider, session, address, until_us, code) VALUES (?, ?, ?, '', '', 0, '')
"""


class CardPages:
    """Handles card pages in a store with these settings."""

    def __init__(self, settings: PaymentSettings) -> None:
        self._settings = settings

    def open(self, tx: Transaction, command: commands.OpenCardPage) -> str:
        """Request a page; returns its id. An existing page is reused."""
        customer, place = read_customer(tx.db, command.customer, tx.at_us), self._settings.page
        if customer is None:
            raise Refusal("no_such_customer", {"id": command.customer})
        if customer.hidden:
            raise Refusal("customer_hidden")
        if place is None or place.driver not in KEEPERS:
            raise Refusal("no_card_page")
        wanted = PaymentWanted(place.driver, "card_online", self._settings.currency, 1, self._settings.store)
        resting = paused_providers(tx.db, place.driver, tx.at_us)
        provider = choose_provider(read_providers(tx.db), read_routes(tx.db), wanted, resting)
        if provider is None:
            raise Refusal("no_provider")
        there = find_card_page(tx.db, customer.id)
        if there is not None and not there.code:
            return there.id
        if sum(not one.revoked for one in read_methods(tx.db, customer.id)) >= METHODS_MOST:
            raise Refusal("too_many_methods", {"limit": METHODS_MOST})
        tx.db.execute("DELETE FROM card_page WHERE customer = ?", (customer.id,))
        if tx.db.execute("SELECT count(*) FROM card_page WHERE code = ''").fetchone()[0] >= CARD_PAGES_MOST:
            raise Refusal("too_many_pay_pages", {"limit": CARD_PAGES_MOST})
        id = hashlib.sha256(tx.command_id).hexdigest()[:24]
        tx.db.execute(_PUT, (id, customer.id, provider.id))
        return id


def note_card_page(tx: Transaction, command: commands.NoteCardPage) -> None:
    said = (command.session, command.address, command.until_us, command.id)
    tx.db.execute("UPDATE card_page SET session = ?, address = ?, until_us = ? WHERE id = ?", said)


def end_card_page(tx: Transaction, command: commands.EndCardPage) -> None:
    """Delete a page that succeeded or whose customer was erased. For other pages, store the reason for the customer."""
    if command.code:
        ended = "UPDATE card_page SET code = ?, address = '' WHERE id = ? AND customer <> ''"
        tx.db.execute(ended, (command.code, command.id))
    gone = "DELETE FROM card_page WHERE id = ? AND (? = '' OR customer = '')"
    tx.db.execute(gone, (command.id, command.code))


def keep_paged_card(tx: Transaction, command: commands.KeepPagedCard) -> str:
    """Store the card of a page; returns its id.

    Raises `Refusal` as `StoreMethod` does, or if the page's customer was erased.
    """
    row = tx.db.execute("SELECT customer, provider FROM card_page WHERE id = ?", (command.id,)).fetchone()
    if row is None or not row[0]:
        raise Refusal("no_such_customer", {"id": ""})
    card = (command.token, command.brand, command.last4, command.expiry)
    method = store_method(tx, commands.StoreMethod(row[0], row[1], *card, consent="page"))
    tx.db.execute("DELETE FROM card_page WHERE id = ?", (command.id,))
    return method
