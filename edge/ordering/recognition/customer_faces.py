"""A customer's face at a kiosk: its release, signed in their account, and the cart it opens, inside the transaction.

It opens their cart's contents and nothing else: the cart gets no customer (`orders.customer_sign_in`), so prices,
points, payment, wishes and suggestions still need a code.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.ordering.customer_accounts import sessions
from edge.ordering.customer_accounts.handlers import require_fresh
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.recognition.commands import OpenCartByFace, ReleaseOwnFace
from edge.ordering.recognition.handlers import keep_longer, let_go, may_be_known, require_open, sign
from edge.ordering.recognition.means import CUSTOMER_FACE
from edge.ordering.recognition.project import BIOMETRICS
from edge.ordering.recognition.queries import read_hint
from edge.ordering.recognition.settings import RecognitionSettings
from edge.ordering.recognition.template import read_one
from edge.people.customers.commands import GiveConsent, MergeCustomers, WithdrawConsent
from edge.people.customers.queries import aliases, consents_to, resolve


class CustomerFaces:
    """Handles customers' faces in a store."""

    def __init__(self, settings: RecognitionSettings) -> None:
        self._settings = settings

    def release(self, tx: Transaction, command: ReleaseOwnFace) -> None:
        session = sessions.require(tx, command.session, self._settings.accounts)
        self._require_open(tx)
        require_fresh(tx, session)
        # Consent comes first (a child's may need a parent by law): if it's refused, nothing is signed.
        tx.do(GiveConsent(session.customer, BIOMETRICS, command.language, how="page"), asks=False)
        sign(tx, CUSTOMER_FACE, session.customer, command.signed, command.language)

    def open_cart(self, tx: Transaction, command: OpenCartByFace) -> CartView:
        self._require_open(tx)
        known = read_one(tx.db, command.person, CUSTOMER_FACE.name)
        if known is None or known.created_us != command.created_us or known.expires_us < tx.at_us:
            raise Refusal("customer_face_unknown")
        if not may_be_known(tx.db, command.person, CUSTOMER_FACE, tx.at_us):
            raise Refusal("customer_face_unknown")
        keep_longer(tx, CUSTOMER_FACE, command.person, command.created_us)
        opened: CartView = tx.do(SignInCart(command.cart, command.person, by_face=True)).result
        return opened

    def _require_open(self, tx: Transaction) -> None:
        today = date.fromisoformat(tx.business_date)
        require_open(read_hint(tx.db, self._settings, today, CUSTOMER_FACE), CUSTOMER_FACE)


def after_withdrawing(tx: Transaction, command: WithdrawConsent, result: Any) -> Any:
    """Delete the template in the same commit in which the consent is withdrawn, however that happens."""
    _end(tx, command.customer)
    return result


def after_merging(tx: Transaction, command: MergeCustomers, result: Any) -> Any:
    """Delete the merged customer's face, because they must sign again.

    If either of them had declined, neither is recognised.
    """
    let_go(tx.db, command.merged, CUSTOMER_FACE)
    _end(tx, command.kept)
    return result


def _end(tx: Transaction, customer: str) -> None:
    id = resolve(tx.db, customer)
    if id is not None and not consents_to(tx.db, id, BIOMETRICS, tx.at_us):
        for one in (id, *aliases(tx.db, id)):
            let_go(tx.db, one, CUSTOMER_FACE)
