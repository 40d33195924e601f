"""An order at a till: opened by its QR code, paid like a basket, and handed over in the same commit.

The till doesn't know about orders. `before` and `after` attach effects to its commands. Commands that require
`COUNTER_FREE` are refused while an order is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from edge.core.handling import After, Before, Requirement, Transaction
from edge.core.journal.rows import read_header
from edge.core.messages import Command, Refusal
from edge.counter.basket.basket import Basket, Question, from_recorded
from edge.counter.basket.tips import tip_minor, with_asked_tip
from edge.counter.kitchen.commands import PrintSlips
from edge.counter.till import commands as till
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import last_receipt, read_basket
from edge.counter.till.sale_effects import resumption, take_over_basket
from edge.counter.till.settings import TillSettings
from edge.foundation.access.requirements import COUNTER_FREE
from edge.foundation.access.rights import SELL
from edge.lib.i18n import ENGLISH
from edge.lib.units.receipt_number import shown_number
from edge.ordering.delivery.events import DriverPaid
from edge.ordering.orders import order_lines
from edge.ordering.orders.carts.cart_handlers import lay
from edge.ordering.orders.commands import TakeUpOrder
from edge.ordering.orders.customers.code_tries import CodeTries
from edge.ordering.orders.customers.named_order import find_order
from edge.ordering.orders.fulfilment.handover import end_handover, stays, with_final_tip, without_age
from edge.ordering.orders.fulfilment.kitchen_slips import kitchen_knows, tell_kitchen
from edge.ordering.orders.order import KeptOrder, secret_in, unknown_order
from edge.ordering.orders.order_handlers import agree_sum, with_age
from edge.ordering.orders.paying import order_coupons
from edge.ordering.orders.paying.advances import sum_changed, takes_advance
from edge.ordering.orders.queries import ages_of, order_by_secret, order_on_counter, read_shop_order, register_of_order

_LAY = "INSERT INTO order_on_counter (register, order_id, since_us) VALUES (?, ?, ?)"
_CLEAR = "DELETE FROM order_on_counter WHERE register = ?"
_BY_CODE = "SELECT order_id FROM order_secret JOIN shop_order ON id = order_id WHERE open AND code = ?"
_DELIVERED = """
    SELECT s.seq FROM shop_order o JOIN driver_cash d ON d.driver = o.driver AND d.since_us <= o.changed_us
    JOIN order_step s ON s.order_id = o.id AND s.now = 'delivered' WHERE o.register = ? AND o.receipt = ?
"""
"""SQL: the delivery step of an order, given its sale, while the driver's cash hasn't been collected."""
_SOLD = "SELECT id, said FROM shop_order WHERE receipt AND register = ? AND receipt = ?"
_replace = msgspec.structs.replace

SettingsIn = Callable[[Transaction], TillSettings]
"""Reads the store's settings inside a transaction."""


class TakingUp:
    """Opens orders at registers. `tries`: counts wrong pickup codes."""

    def __init__(self, settings: TillSettings, tries: CodeTries) -> None:
        self._settings = settings
        self._tries = tries

    def take_up_order(self, tx: Transaction, command: TakeUpOrder) -> Basket:
        """Open the requested order at this register."""
        order = _require_order(tx, command, self._tries)
        return _take_up(tx, order, self._settings, command.take_over)


def _take_up(tx: Transaction, order: KeptOrder, settings: TillSettings, take_over: bool = False) -> Basket:
    """Put the order's lines into this register's basket, at the promised prices, with questions to answer before
    payment.

    `take_over`: take the order even if it's open at another register, which is notified.
    """
    stays(tx, order)
    register = tx.actor.register
    basket = read_basket(tx.db, register)
    other = register_of_order(tx.db, order.id)
    if other == register:
        return basket  # scanned twice
    there = read_basket(tx.db, other) if other else None
    if there and there.tenders:
        raise Refusal("paid_there", {"register": other, "paid_minor": there.paid_minor})
    if there and takes_advance(there.lines):
        raise Refusal("order_at_register", {"said": order.said, "register": other})
    if there and not take_over:
        told = {"said": order.said, "register": other, "who": there.up.who if there.up else ""}
        raise Refusal("order_with_register", {**told, "order": order.id})
    if not basket.empty:
        raise Refusal("counter_not_empty")
    if there:
        tx.db.execute(_CLEAR, (other,))
        tx.db.execute(_LAY, (register, order.id, tx.at_us))
        return lay(tx, take_over_basket(tx, there))
    tx.db.execute(_LAY, (register, order.id, tx.at_us))
    goods = with_age(tx, order.goods, settings.place)
    order = _replace(order, goods=goods)
    last = max(line.id for line in goods.lines)
    questions = _questions(tx, order, last, settings)
    laid = Basket(
        register,
        opened_us=order.placed_us,
        last_id=last + 2,
        lines=from_recorded(goods.lines),
        promotions=goods.promotions,
        price_list=goods.price_list,
        customer=order.customer,
        questions=questions,
        coupons=order_coupons.paying(order, goods),
        discount=goods.discount,
        ordered=tuple(one.id for one in goods.coupons),
        up=resumption(tx, order.said),
        advance=order.held_advance,
        delivered_to=goods.delivered_to,
    )
    return lay(tx, laid)


def _questions(tx: Transaction, order: KeptOrder, last_id: int, settings: TillSettings) -> tuple[Question, ...]:
    """Questions to ask about an order: the customer's age, and the total if today's taxes change it.

    The question about age contains the total of the unrestricted goods, if there are any.
    """
    goods, names, questions = order.goods, {ENGLISH: order.said}, list[Question]()
    if goods.min_age:
        rest = order_lines.without(
            goods,
            order_lines.lines_with_age(goods, ages_of(tx.db, goods, settings.place)),
            settings,
            order.held_advance,
        )
        rest_minor = rest.total_minor if order_lines.has_goods(rest) else None
        age = Question(last_id + 1, "age", "", 0, names=names, min_age=goods.min_age, price_minor=rest_minor)
        questions.append(age)
    minor = order_lines.taxed_minor(goods, settings, order.held_advance)
    return (*questions, *sum_changed(order, minor, last_id + 2))


def _require_order(tx: Transaction, command: TakeUpOrder, tries: CodeTries) -> KeptOrder:
    found = None
    if command.scanned:
        return _by_qr(tx, command.scanned, secret_in(command.scanned))
    if command.secret:
        found = order_by_secret(tx.db, command.secret, tx.at_us)
    elif command.order:
        found = read_shop_order(tx.db, command.order)
    elif command.code:
        tries.refusal(tx.actor.register, tx.at_us)
        row = tx.db.execute(_BY_CODE, (command.code,)).fetchone()
        found = read_shop_order(tx.db, row[0]) if row and not tries.is_dead(row[0]) else None
        if found is None:
            tries.wrong(tx.actor.register, tx.at_us)
    if not found:
        raise Refusal("no_such_order")
    return found


def _free(tx: Transaction, command: Command | None = None) -> None:
    """Raise `Refusal` if an order is open at this register, because it must stay as promised."""
    if id := order_on_counter(tx.db, tx.actor.register):
        order = read_shop_order(tx.db, id)
        raise Refusal("order_on_counter", {"said": order.said if order else ""})


def _by_qr(tx: Transaction, scanned: str, secret: str) -> KeptOrder:
    order = order_by_secret(tx.db, secret, tx.at_us)
    if order is None:
        header = read_header(tx.db)
        raise unknown_order(scanned, header.store if header else "")
    return order


def _here(tx: Transaction) -> KeptOrder | None:
    """The order open at this register, or None."""
    id = order_on_counter(tx.db, tx.actor.register)
    return read_shop_order(tx.db, id) if id else None


def _add_line(settings: SettingsIn, tx: Transaction, command: till.AddLine) -> Basket | None:
    """Open an order when its QR code is scanned. Goods can't be added to an open order."""
    if (secret := secret_in(command.code)) and tx.actor.may(SELL):
        return _take_up(tx, _by_qr(tx, command.code, secret), settings(tx))
    if order_on_counter(tx.db, tx.actor.register):
        _free(tx)
    return None


def _answer(settings: SettingsIn, tx: Transaction, command: till.AnswerQuestion) -> Basket | None:
    """Answer an order's question about age or total.

    If the answer is no, the order is put back, or its age-restricted goods are removed.
    """
    order = _here(tx)
    if order is None:
        return None
    basket = read_basket(tx.db, tx.actor.register)
    question = basket.question(command.question)
    if question is None:
        raise Refusal("no_such_question", {"question": command.question})
    if not command.yes:
        nothing = _put_back(tx, basket)
        if not command.id_failed or question.kind != "age":
            return nothing
        rest = without_age(tx, order, settings(tx))
        return _take_up(tx, rest, settings(tx)) if rest.open else nothing
    checked = max(basket.age_checked, question.min_age)
    return lay(tx, _replace(basket.without_question(question.id), age_checked=checked))


def _settle_order(settings: SettingsIn, tx: Transaction, command: till.Pay, result: Basket) -> Basket:
    """Complete the order whose basket was just sold, or book an advance."""
    id = order_on_counter(tx.db, tx.actor.register)
    order = read_shop_order(tx.db, id) if id and not result.lines else None
    if order is None:
        return result
    receipt = last_receipt(tx.db, tx.actor.register)
    assert receipt is not None
    sale = tx.read(receipt.seq).event
    assert isinstance(sale, SaleCompleted)
    if takes_advance(sale.lines):
        agree_sum(tx, find_order(tx, order.id, busy=False), settings(tx))
    else:
        end_handover(tx, with_final_tip(tx, order, tip_minor(sale.lines)), id_checked=bool(sale.age_checked))
    tx.db.execute(_CLEAR, (tx.actor.register,))
    return result


def _add_tip(settings: SettingsIn, tx: Transaction, command: till.AddTip) -> Basket | None:
    """Change an open order's tip without repricing. An advance takes no tip, because the order has it."""
    if not order_on_counter(tx.db, tx.actor.register):
        return None
    basket = read_basket(tx.db, tx.actor.register)
    if takes_advance(basket.lines):
        _free(tx)
    if basket.tenders:
        raise Refusal("already_paying", {"paid_minor": basket.paid_minor})
    return lay(tx, with_asked_tip(basket, command.amount_minor or 0, command.share or 0, settings(tx)))


def _slips(settings: SettingsIn, tx: Transaction, command: PrintSlips) -> int | None:
    """Notify kitchens of a paid or voided order under the order's own name, not the register's number.

    When it's paid, kitchens are notified only if they don't know it yet. Returns the number of tickets of a void, else
    0; None if it isn't about an order, so that the till's own tickets are printed.
    """
    if command.holder or command.moment not in ("paid", "voided"):
        return None
    if command.moment == "voided":
        row = tx.db.execute(_SOLD, (tx.actor.register, command.receipt)).fetchone()
        return tx.do(_replace(command, note=row[1], holder=row[0])).result if row else None
    order = _here(tx)
    if order is None:
        return None
    if command.lines and not kitchen_knows(tx, order.id):
        tell_kitchen(tx, order, settings(tx))
    return 0


def _abandon(tx: Transaction, command: till.AbandonBasket) -> Basket | None:
    """Put an open order back instead of clearing the basket. Money already taken is returned as usual."""
    if not order_on_counter(tx.db, tx.actor.register):
        return None
    basket = read_basket(tx.db, tx.actor.register)
    if not basket.tenders:
        return _put_back(tx, basket)
    tx.db.execute(_CLEAR, (tx.actor.register,))
    return None


def _put_back(tx: Transaction, basket: Basket) -> Basket:
    tx.db.execute(_CLEAR, (basket.register,))
    return lay(tx, None)


def _correct_tender(tx: Transaction, command: till.CorrectTender) -> None:
    """Raise `Refusal` for a correction of a driver's cash payment that isn't handed in yet: the driver owes it."""
    step = tx.db.execute(_DELIVERED, (tx.actor.register, command.number)).fetchone()
    before = (tx.read(step[0] - back).event for back in (1, 2)) if step else ()  # older journals: a movement follows
    if any(isinstance(event, DriverPaid) and event.receipt == command.number for event in before):
        raise Refusal("driver_has_cash", {"number": shown_number(tx.actor.register, command.number)})


counter_free = Requirement(COUNTER_FREE, _free)


def before(settings: SettingsIn) -> Mapping[type[Command], Before]:
    """Handlers to run before till commands, or instead of them, with the current settings."""
    return {
        till.AddLine: partial(_add_line, settings),
        till.AddTip: partial(_add_tip, settings),
        till.AnswerQuestion: partial(_answer, settings),
        till.AbandonBasket: _abandon,
        till.CorrectTender: _correct_tender,
        PrintSlips: partial(_slips, settings),
    }


def after(settings: SettingsIn) -> Mapping[type[Command], After]:
    """Handlers to run after till commands, with the current settings."""
    return {till.Pay: partial(_settle_order, settings)}
