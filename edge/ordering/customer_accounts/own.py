"""Customers' actions on their own data, through the same commands as staff. They can't reach other customers' data."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.money.payments.commands import OpenCardPage, RevokeMethod
from edge.money.payments.queries import find_method
from edge.ordering.customer_accounts import sessions, ways
from edge.ordering.customer_accounts.commands import (
    AddCartWish,
    AddOwnCard,
    AddOwnWish,
    CorrectProfile,
    ExportOwn,
    ForgetOwn,
    RemoveCartWish,
    RemoveOwnCard,
    RemoveOwnWish,
    ReportOwnReview,
    SetOwnConsent,
    SetOwnDetails,
    SetOwnPreferences,
    UseOwnCart,
    WithdrawOwnReview,
    WriteOwnReview,
)
from edge.ordering.customer_accounts.handlers import require_fresh
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.orders.queries import read_cart
from edge.ordering.reviews.commands import ReportReview, TakeBackReview, WriteReview
from edge.people.customers.commands import (
    AddWish,
    ExportCustomer,
    ForgetCustomer,
    GiveConsent,
    MergeCustomers,
    RemoveWish,
    SetCustomer,
    StillKept,
    WithdrawConsent,
)
from edge.people.customers.customer import ASKED_FOR, LIST_MOST, Preferences
from edge.people.customers.queries import once_of, read_customer

OWN_WISH = "by themselves: /me"
"""The recorded reason for a data export by the customer."""


class OwnThings:
    """Handles customers' own data in a store."""

    def __init__(self, settings: CustomerAccountSettings) -> None:
        self._settings = settings

    def _signed_in_customer(self, tx: Transaction, session: str) -> str:
        return sessions.require(tx, session, self._settings).customer

    def set_details(self, tx: Transaction, command: SetOwnDetails) -> None:
        customer = self._signed_in_customer(tx, command.session)
        if not command.name.strip():
            raise Refusal("account_new", {"age": 0})
        tx.do(SetCustomer(customer, name=command.name, language=command.language), asks=False)

    def set_preferences(self, tx: Transaction, command: SetOwnPreferences) -> None:
        tx.do(SetCustomer(self._signed_in_customer(tx, command.session), preferences=command.preferences), asks=False)

    def correct_profile(self, tx: Transaction, command: CorrectProfile) -> None:
        customer = self._signed_in_customer(tx, command.session)
        found = read_customer(tx.db, customer, tx.at_us)
        liked = (found.preferences if found else None) or Preferences()
        others = tuple(one for one in liked.not_mine if one != command.word)
        not_mine = others if command.is_mine else (*others, command.word)
        if len(not_mine) > LIST_MOST:
            raise Refusal("too_many_corrections", {"limit": LIST_MOST})
        tx.do(SetCustomer(customer, preferences=msgspec.structs.replace(liked, not_mine=not_mine)), asks=False)

    def set_consent(self, tx: Transaction, command: SetOwnConsent) -> None:
        customer = self._signed_in_customer(tx, command.session)
        if not command.given:
            tx.do(WithdrawConsent(customer, command.purpose, how="page"))
        elif command.purpose in ASKED_FOR:
            tx.do(GiveConsent(customer, command.purpose, command.language, how="page"), asks=False)
        else:
            raise Refusal("consent_not_asked")

    def add_wish(self, tx: Transaction, command: AddOwnWish) -> None:
        tx.do(AddWish(self._signed_in_customer(tx, command.session), command.sku, command.note))

    def remove_wish(self, tx: Transaction, command: RemoveOwnWish) -> None:
        tx.do(RemoveWish(self._signed_in_customer(tx, command.session), command.sku))

    def add_cart_wish(self, tx: Transaction, command: AddCartWish) -> None:
        tx.do(AddWish(_cart_customer(tx, command.cart), command.sku))

    def remove_cart_wish(self, tx: Transaction, command: RemoveCartWish) -> None:
        tx.do(RemoveWish(_cart_customer(tx, command.cart), command.sku))

    def write_review(self, tx: Transaction, command: WriteOwnReview) -> str:
        who = self._signed_in_customer(tx, command.session)
        return str(tx.do(WriteReview(who, command.sku, command.rating, command.text)).result)

    def withdraw_review(self, tx: Transaction, command: WithdrawOwnReview) -> None:
        tx.do(TakeBackReview(self._signed_in_customer(tx, command.session), command.review))

    def report_review(self, tx: Transaction, command: ReportOwnReview) -> None:
        tx.do(ReportReview(self._signed_in_customer(tx, command.session), command.review))

    def add_card(self, tx: Transaction, command: AddOwnCard) -> str:
        """Create a page to add a card; returns its id."""
        customer = self._signed_in_customer(tx, command.session)
        if not command.agreed:
            raise Refusal("method_consent")
        return str(tx.do(OpenCardPage(customer), asks=False).result)

    def remove_card(self, tx: Transaction, command: RemoveOwnCard) -> None:
        customer, card = self._signed_in_customer(tx, command.session), find_method(tx.db, command.card)
        if card is None or card.customer != customer:
            raise Refusal("no_such_method")
        tx.do(RevokeMethod(card.id), asks=False)

    def use_cart(self, tx: Transaction, command: UseOwnCart) -> CartView:
        theirs: CartView = tx.do(SignInCart(command.cart, self._signed_in_customer(tx, command.session))).result
        return theirs

    def export(self, tx: Transaction, command: ExportOwn) -> str:
        session = sessions.require(tx, command.session, self._settings)
        require_fresh(tx, session)
        return str(tx.do(ExportCustomer(session.customer, OWN_WISH)).result)

    def forget(self, tx: Transaction, command: ForgetOwn) -> tuple[StillKept, ...]:
        """Erase the customer's data; returns the data still kept, with reasons and dates."""
        session = sessions.require(tx, command.session, self._settings)
        require_fresh(tx, session)
        return tuple(tx.do(ForgetCustomer(session.customer)).result or ())


def _cart_customer(tx: Transaction, cart: str) -> str:
    """The customer signed in to a cart. Raises `Refusal` if there is none."""
    found = read_cart(tx.db, cart)
    if found is None or found.is_over(tx.at_us) or not found.basket.customer:
        raise Refusal("account_signed_out")
    return found.basket.customer


def after_merging(tx: Transaction, command: MergeCustomers, result: Any) -> Any:
    """End the sessions and passkeys of the merged customer."""
    _let_go(tx.db, command.merged)
    return result


def forget_account(tx: Transaction, person: str) -> bool:
    """Delete a forgotten person's sessions and passkeys (`people.forgetting.Forgetter`)."""
    for one in {person, *once_of(tx.db, person)} if _is_kept(tx.db, person) else (person,):
        _let_go(tx.db, one)
    return False


def _is_kept(db: Connection, person: str) -> bool:
    kept = db.execute("SELECT 1 FROM customer WHERE id = ? AND merged_into IS NULL", (person,)).fetchone()
    return kept is not None


def _let_go(db: Connection, customer: str) -> None:
    for table in ("account_session", "account_code", "account_undo", "account_passkey", "account_challenge"):
        db.execute(f"DELETE FROM {table} WHERE customer = ?", (customer,))


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """A customer's account data outside events, for their export."""
    here = [
        {"device": one.device, "by": one.way, "began_us": one.began_us, "used_us": one.used_us}
        for one in sessions.list_customer_sessions(db, person)
    ]
    own = [{"kind": way.kind, "value": way.value, "proved_us": way.proved_us} for way in ways.read_ways(db, person)]
    return {"account_sessions": here, "account_ways": own}
