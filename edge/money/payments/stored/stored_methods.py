"""Stored cards, inside the transaction.

They're stored with consent, charged only by a person's command, and erased with their holder. The provider deletes them
afterwards (`edge/counter/till/service/pay_pages`).
"""

from __future__ import annotations

import hashlib

from edge.core.messages import Actor, RecordedEvent, Refusal
from edge.core.people.forgetting import PersonForgotten, overwriting
from edge.core.people.sealing import Keyring
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.money.payments import commands, events
from edge.money.payments.payment import Payment
from edge.money.payments.providers import breakers
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import (
    account_charges,
    basket_charges,
    find_method,
    payments_of_order,
    read_methods,
    read_providers,
    token_of,
)
from edge.money.payments.settings import PaymentSettings
from edge.money.payments.stored.stored_method import METHODS_MOST, SEALED, looks_like_a_number
from edge.money.payments.stored.stored_reads import DETACH_TABLE, DETACHED
from edge.people.customers.queries import all_ids, read_customer

_PEOPLE = frozenset({"cashier", "panel", "voice", "chat"})
_STORE = """
    INSERT INTO stored_method (id, customer, provider, consent, revoked, stored_us, token, brand, last4, expiry)
    VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?)
"""


def store_method(tx: Transaction, command: commands.StoreMethod) -> str:
    """Store a card; returns its id.

    Raises `Refusal` if the customer is unknown or can't be read now, no such provider stores cards, there are too many,
    or the token could be a card number.
    """
    customer = read_customer(tx.db, command.customer, tx.at_us)
    if customer is None:
        raise Refusal("no_such_customer", {"id": command.customer})
    if customer.hidden:
        raise Refusal("customer_hidden")
    _keeper(tx.db, command.provider)
    if looks_like_a_number(command.token):
        raise Refusal("card_number", {"field": "token"})
    if sum(not one.revoked for one in read_methods(tx.db, customer.id)) >= METHODS_MOST:
        raise Refusal("too_many_methods", {"limit": METHODS_MOST})
    ring, id = Keyring(tx.db), hashlib.sha256(tx.command_id).hexdigest()[:24]
    sealed = {name: ring.seal(customer.id, events.MethodStored, name, getattr(command, name)) for name in SEALED}
    tx.append(events.MethodStored(id, customer.id, command.provider, command.consent, **sealed))
    return id


def revoke_method(tx: Transaction, command: commands.RevokeMethod) -> None:
    known = find_method(tx.db, command.id)
    if known is None:
        raise Refusal("no_such_method")
    if not known.revoked:
        _revoke(tx, known.id, known.provider)


def forget_methods(tx: Transaction, person: str) -> bool:
    """Revoke a person's stored cards before their key is destroyed (`people.forgetting.Forgetter`)."""
    methods = read_methods(tx.db, person)
    for one in methods:
        if not one.revoked:
            _revoke(tx, one.id, one.provider)
    tx.db.execute("DELETE FROM card_page WHERE customer = ? AND code <> ''", (person,))
    tx.db.execute("UPDATE card_page SET customer = '', address = '' WHERE customer = ?", (person,))
    return bool(methods)


def note_detached(tx: Transaction, command: commands.NoteDetached) -> None:
    with overwriting(tx.db):
        tx.db.execute("DELETE FROM stored_method_detach WHERE method = ?", (command.id,))
        tx.db.execute("DELETE FROM person_key WHERE person = ?", (f"{DETACHED}{command.id}",))


class StoredCharges:
    """Handles charges to stored cards in a store with these settings."""

    def __init__(self, settings: PaymentSettings) -> None:
        self._settings = settings

    def open(self, tx: Transaction, command: commands.OpenStoredCharge) -> str:
        """Begin a charge; returns the payment's id.

        An existing payment for the same purpose that certainly hasn't begun is retried.
        """
        if not is_person(tx.actor):
            raise Refusal("method_person")
        place = self._settings.page
        method = find_method(tx.db, command.method)
        if method is None:
            raise Refusal("no_such_method")
        if method.customer != command.customer:
            raise Refusal("not_yours")
        if method.revoked:
            raise Refusal("method_revoked")
        if method.is_over(tx.business_date):
            raise Refusal("method_over")
        provider = _keeper(tx.db, method.provider)
        if place is None or self._settings.currency not in provider.currencies:
            raise Refusal("no_provider")
        wanted = (method.id, command.amount_minor, command.due_minor)
        for one in _before(tx, command):
            if one.is_open and not one.waits:
                raise Refusal("payment_open")
            if one.state == "created" and one.code and _charge_terms(one) == wanted:
                tx.append(events.PaymentRetried(one.id))
                return one.id
            if one.state == "created":
                tx.append(events.PaymentMoved(one.id, "voided", "till", code="cancelled"))
        id = hashlib.sha256(tx.command_id).hexdigest()[:24]
        tx.append(
            events.PaymentBegun(
                *(id, provider.id, provider.driver, provider.mode, place.name, command.amount_minor),
                currency=self._settings.currency,
                purpose="sale" if command.of_basket else "order",
                account=not command.order and not command.of_basket,
                order=command.order,
                due_minor=command.due_minor,
                on_page=True,
                method=method.id,
            )
        )
        breakers.ask(tx, provider.id, place.name)
        return id


def _before(tx: Transaction, command: commands.OpenStoredCharge) -> tuple[Payment, ...]:
    """Earlier charges for the same basket, order or customer's account."""
    if command.of_basket:
        return basket_charges(tx.db, tx.actor.register)
    if command.order:
        return payments_of_order(tx.db, command.order)
    return account_charges(tx.db, all_ids(tx.db, command.customer))


def is_person(actor: Actor) -> bool:
    """Whether the actor is a known member of staff, not a program, the appliance itself or an anonymous user."""
    return actor.surface in _PEOPLE and not actor.program and not actor.anonymous


def _charge_terms(one: Payment) -> tuple[str, int, int]:
    return one.method, one.amount_minor, one.due_minor


def _keeper(db: Connection, id: str) -> Provider:
    """The provider with this id, which must store cards. Raises `Refusal` if there is none."""
    found = next((one for one in read_providers(db) if one.id == id), None)
    if found is None or not found.active or found.driver != "stripe_checkout":
        raise Refusal("no_provider")
    return found


def _revoke(tx: Transaction, id: str, provider: str) -> None:
    """Revoke a card and keep its token until the provider is notified.

    The token is encrypted with a separate key, because the holder's key may be destroyed now. That key is destroyed
    once the provider is notified.
    """
    if token := token_of(tx.db, id):
        row = (id, provider, Keyring(tx.db).seal(f"{DETACHED}{id}", DETACH_TABLE, "token", token))
        tx.db.execute("INSERT OR REPLACE INTO stored_method_detach (method, provider, token) VALUES (?, ?, ?)", row)
    tx.append(events.MethodRevoked(id))


def _insert_method(db: Connection, fact: RecordedEvent, event: events.MethodStored) -> None:
    of = (event.id, event.customer, event.provider, event.consent, fact.at_us)
    db.execute(_STORE, (*of, event.token, event.brand, event.last4, event.expiry))


def _revoke_method(db: Connection, fact: RecordedEvent, event: events.MethodRevoked) -> None:
    db.execute("UPDATE stored_method SET revoked = 1 WHERE id = ?", (event.id,))


def _delete_methods(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute("DELETE FROM stored_method WHERE customer = ?", (event.person,))


methods_projector = Projector(
    name="stored_methods",
    version=1,
    tables=("stored_method",),
    on={events.MethodStored: _insert_method, events.MethodRevoked: _revoke_method, PersonForgotten: _delete_methods},
)
