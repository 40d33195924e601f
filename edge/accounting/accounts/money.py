"""Money on account, inside the transaction: charges, payments, and their allocation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from edge.accounting.accounts.account import TENDER
from edge.accounting.accounts.commands import (
    BookAccountCard,
    ChargeAccount,
    ChargeAccountCard,
    ImportAccountBalance,
    InvoiceAccount,
    ReceivePayment,
    UndoImportedBalance,
    UndoPayment,
)
from edge.accounting.accounts.entities import account_of
from edge.accounting.accounts.events import (
    AccountBalanceImported,
    AccountCharged,
    AccountCreditUsed,
    AccountPaid,
    AccountPaymentUndone,
    ImportedBalanceUndone,
)
from edge.accounting.accounts.limits import on_hold, over_limit, require_account
from edge.accounting.accounts.project import by_account
from edge.accounting.accounts.queries import (
    AccountItem,
    account_items,
    find_item,
    find_opening,
    find_payment,
    free_credits,
    standing,
)
from edge.accounting.invoices.commands import IssueInvoice
from edge.core.asking import Ask
from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.counter.shifts.commands import MoveCash
from edge.counter.shifts.queries import open_number
from edge.counter.till.commands import CorrectTender, Pay
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_basket
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import OVERRIDE
from edge.money.payments.commands import OpenStoredCharge, RequestCardRefund, UsePayment
from edge.money.payments.queries import find_method, refunds_of
from edge.money.payments.queries import find_payment as find_card_payment
from edge.money.payments.states import TAKEN
from edge.people.customers.queries import all_ids, resolve

INVOICED_AT_ONCE = 20
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM account_credit"
_OF_PAPER = "SELECT seq FROM account_item WHERE register = ? AND paper = ?"
_CREDIT_OF_PAPER = "SELECT seq FROM account_credit WHERE register = ? AND paper = ? AND undone_on = ''"


class PaymentTaken(msgspec.Struct, frozen=True):
    """A payment by number: the amount paid of each item (by journal row), and the remaining credit."""

    number: int
    paid: dict[int, int]
    credit_minor: int


class AccountMoney:
    """Payments and charges of a store with these till settings."""

    def __init__(self, shop: TillSettings) -> None:
        self._shop = shop

    def receive(self, tx: Transaction, command: ReceivePayment) -> PaymentTaken:
        account = require_account(tx, command.customer)
        first = [_item(tx, account.customer, seq) for seq in dict.fromkeys(command.items)]
        number = _next_number(tx)
        if command.tender == "cash":
            if command.amount_minor % self._shop.cash_step_minor:
                values = {"given_minor": command.amount_minor, "coin_minor": self._shop.cash_step_minor}
                raise Refusal("no_such_coin", values)
            self._drawer(tx, "account", command.amount_minor, number)
        what = (number, account.customer, self._shop.currency, command.amount_minor)
        return _record_payment(tx, AccountPaid(*what, command.tender, command.reference), first)

    def charge_card(self, tx: Transaction, command: ChargeAccountCard) -> str:
        """Charge a stored card; returns the payment's id."""
        account = require_account(tx, command.customer)
        now = standing(tx.db, account.customer, tx.business_date)
        owed_minor = max(0, now.balance_minor) if now else 0
        minor = command.amount_minor or owed_minor
        if not owed_minor or minor > owed_minor:
            raise Refusal("account_not_owed", {"owed_minor": owed_minor})
        return str(tx.do(OpenStoredCharge(command.method, account.customer, minor, "", owed_minor)).result)

    def book_card(self, tx: Transaction, command: BookAccountCard) -> int:
        """Book a stored card's payment. Returns its number on the account, or 0 if it's returned to the card."""
        of = find_card_payment(tx.db, command.payment)
        if of is None or of.purpose != "account" or of.state not in TAKEN or of.used or refunds_of(tx.db, of.id):
            raise Refusal("payment_state", {"state": of.state if of else ""})
        method = find_method(tx.db, of.method)
        account = account_of(tx.db, resolve(tx.db, method.customer) or "") if method else None
        if account is None:
            tx.do(RequestCardRefund(of.id, of.taken_minor, "late"))
            return 0
        called = of.approval.display_name if of.approval else ""
        what = (_next_number(tx), account.customer, of.currency, of.paid_minor)
        taken = _record_payment(tx, AccountPaid(*what, "card", called, of.id))
        tx.do(UsePayment(of.id, of.paid_minor))
        return taken.number

    def undo(self, tx: Transaction, command: UndoPayment) -> None:
        payment = find_payment(tx.db, command.number)
        if payment is None:
            raise Refusal("no_account_payment", {"number": command.number})
        if payment.undone_on:
            raise Refusal("account_payment_undone", {"number": command.number})
        if payment.tender == "cash":
            self._drawer(tx, "account_back", payment.amount_minor, payment.number)
        what = (payment.number, payment.customer, payment.currency, payment.amount_minor, payment.tender)
        tx.append(AccountPaymentUndone(*what, command.reason))  # type: ignore[arg-type]
        if payment.card_payment:
            tx.do(RequestCardRefund(payment.card_payment, payment.amount_minor, "refund"))

    def charge(self, tx: Transaction, command: ChargeAccount) -> None:
        account = require_account(tx, command.customer)
        what = (account.customer, self._shop.currency, command.amount_minor, command.why)
        fact = tx.append(AccountCharged(*what))
        _pay_by_credit(tx, account.customer, _require_item(tx, fact.seq))

    def open_balance(self, tx: Transaction, command: ImportAccountBalance) -> int:
        """Import a balance. A debt is paid from existing credit; a credit pays open items. Returns the journal row."""
        account, minor = require_account(tx, command.customer), command.amount_minor
        seq = tx.append(AccountBalanceImported(account.customer, self._shop.currency, minor)).seq
        if minor > 0:
            _pay_by_credit(tx, account.customer, _require_item(tx, seq))
        else:
            _use(tx, account.customer, seq, -minor, account_items(tx.db, account.customer))
        return seq

    def _drawer(self, tx: Transaction, kind: Any, minor: int, number: int) -> None:
        """Record cash in the drawer's shift, if one is open."""
        if open_number(tx.db, tx.actor.register):
            tx.do(MoveCash(kind, minor, f"#{number}", paper=False))


def undo_opening(tx: Transaction, command: UndoImportedBalance) -> None:
    opening = find_opening(tx.db, command.opening)
    if opening is None:
        raise Refusal("no_account_item", {"item": command.opening})
    if opening.settled_minor:
        raise Refusal("account_opening_used", {"used_minor": opening.settled_minor})
    tx.append(ImportedBalanceUndone(opening.seq, opening.customer, opening.currency, opening.amount_minor))


def invoice_all(tx: Transaction, command: InvoiceAccount) -> tuple[str, ...]:
    """Issue missing invoices. Returns their numbers."""
    account = require_account(tx, command.customer)
    bare = [one for one in account_items(tx.db, account.customer) if one.paper and not one.invoice]
    made = []
    for one in bare[:INVOICED_AT_ONCE]:
        document = IssueInvoice(one.paper, register=one.register, customer=account.customer, print=False)
        made.append(tx.do(document).result.number)
    return tuple(made)


def before_correction(tx: Transaction, command: CorrectTender) -> None:
    """Refuse to move a completed sale onto an account: its credit wasn't checked."""
    if command.kind == TENDER:
        raise Refusal("correct_to_account")


def after_paper(tx: Transaction, command: Command, result: Any) -> Any:
    """Charge the till's new paper to an account, or check it if an account paid a part."""
    if isinstance(command, Pay) and command.kind == TENDER:
        _part_paid(tx)
    for fact in reversed(tx.facts):
        if isinstance(fact.event, SaleCompleted | SaleRefunded):
            break
    else:
        return result
    event, register = fact.event, fact.register
    if isinstance(event, SaleCompleted) and by_account(event.tenders):
        _on_account(tx, event, register, tx.ask)
    if isinstance(event, SaleRefunded) and by_account(event.tenders):
        back = tx.db.execute(_CREDIT_OF_PAPER, (register, event.number)).fetchone()
        own = tx.db.execute(_OF_PAPER, (event.sale_register, event.sale)).fetchone()
        if back and own and (item := find_item(tx.db, own[0])) and item.open_minor > 0:
            _use(tx, event.customer, back[0], by_account(event.tenders), (item,))
    return result


def _part_paid(tx: Transaction) -> None:
    """Refuse to charge an account for a basket without an account customer, before other payments are taken."""
    basket = read_basket(tx.db, tx.actor.register)
    if by_account(basket.tenders):
        _require_credit(tx, basket.customer, by_account(basket.tenders), tx.ask)


def _on_account(tx: Transaction, sale: SaleCompleted, register: str, ask: Ask) -> None:
    _require_credit(tx, sale.customer, 0, ask, of_order=_is_delivery(tx, register, sale.number))
    (seq,) = tx.db.execute(_OF_PAPER, (register, sale.number)).fetchone()
    _pay_by_credit(tx, sale.customer, _require_item(tx, seq))


def _is_delivery(tx: Transaction, register: str, number: int) -> bool:
    where = "SELECT 1 FROM sales_delivery WHERE register = ? AND receipt = ?"
    return tx.db.execute(where, (register, number)).fetchone() is not None


def _require_credit(tx: Transaction, customer: str, more_minor: int, ask: Ask, of_order: bool = False) -> None:
    """Refuse a purchase without an account, over its limit or on hold; users with the right may override. Deliveries of
    an order were checked when it was opened."""
    account = require_account(tx, customer)
    if of_order:
        return
    now = standing(tx.db, account.customer, tx.business_date)
    assert now is not None
    # after the sale (0 more), the exposure already includes its amount
    over = over_limit(now, more_minor, "") if more_minor else _over_now(tx, now)
    refusal = on_hold(now, tx.business_date) or over
    if refusal is None:
        return
    if not tx.actor.may(OVERRIDE):
        raise refusal
    values = dict(refusal.refused.values)
    if refusal is over:
        ask("credit_limit_all_the_same", values)
    else:
        ask("account_on_hold_all_the_same", values)


def _over_now(tx: Transaction, now: Any) -> Refusal | None:
    if not now.is_over:
        return None
    return Refusal("credit_limit", {"limit_minor": now.account.limit_minor, "exposure_minor": now.exposure_minor})


def _item(tx: Transaction, customer: str, seq: int) -> AccountItem:
    found = find_item(tx.db, seq)
    if found is None or found.customer not in all_ids(tx.db, customer):
        raise Refusal("no_account_item", {"item": seq})
    return found


def _require_item(tx: Transaction, seq: int) -> AccountItem:
    found = find_item(tx.db, seq)
    assert found is not None
    return found


def _next_number(tx: Transaction) -> int:
    return int(tx.db.execute(_NEXT).fetchone()[0])


def _record_payment(tx: Transaction, event: AccountPaid, first: Sequence[AccountItem] = ()) -> PaymentTaken:
    """Record a payment. It pays the items in `first`, then those due longest."""
    fact, named = tx.append(event), {one.seq for one in first}
    rest = [one for one in account_items(tx.db, event.customer) if one.seq not in named]
    paid = _use(tx, event.customer, fact.seq, event.amount_minor, (*first, *rest))
    return PaymentTaken(event.number, paid, event.amount_minor - sum(paid.values()))


def _use(tx: Transaction, customer: str, credit: int, minor: int, items: Iterable[AccountItem]) -> dict[int, int]:
    """Use a credit to pay items in this order. Returns the amount paid of each."""
    paid: dict[int, int] = {}
    for one in items:
        if (part := min(minor, one.open_minor)) > 0:
            tx.append(AccountCreditUsed(customer, credit, one.seq, part))
            paid[one.seq], minor = part, minor - part
    return paid


def _pay_by_credit(tx: Transaction, customer: str, item: AccountItem) -> None:
    """Pay a new item from existing credit, oldest credit first."""
    for one in free_credits(tx.db, customer):
        if left := item.open_minor:
            _use(tx, customer, one.seq, min(left, one.free_minor), (item,))
            item = _require_item(tx, item.seq)
