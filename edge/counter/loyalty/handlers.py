"""Commands of loyalty, inside the transaction, and the loyalty effects of the till's commands."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import SaleCoupon
from edge.counter.loyalty.commands import AdjustPoints, ImportPoints, UseReward
from edge.counter.loyalty.entities import REWARDS
from edge.counter.loyalty.events import PointsMoved
from edge.counter.loyalty.idle import good_until
from edge.counter.loyalty.queries import (
    PURPOSE,
    earn_rules,
    earned_lately,
    goods_of_rules,
    membership,
    moved_by,
    points_of,
    tiers,
)
from edge.counter.loyalty.rules import points_earned, points_kept, tier_of
from edge.counter.loyalty.settings import LoyaltySettings
from edge.counter.loyalty.shared_members import given_unconfirmed, note_unconfirmed, shared_member, standing
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.paying.coupon_money import AddCoupon
from edge.counter.till.queries import last_receipt, read_basket, read_receipt
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.settings.queries import LiveSettings
from edge.lib.i18n import name_in
from edge.lib.tax.rules import FULL
from edge.people.coupons.commands import UseCoupon
from edge.people.customers.queries import consents_to, resolve

PURSE = "points"
"""The purse that receives points from another system."""
LAID_US = 3 * 86_400_000_000
"""Age from which parked baskets are reviewed and rewards in them are forgotten (microseconds)."""
PAPER = "loyalty/points"
_LAY = """
    INSERT INTO loyalty_laid (coupon, customer, reward, purse, points, at_us, unconfirmed) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_LAID = "SELECT customer, reward, purse, points, unconfirmed FROM loyalty_laid WHERE coupon = ?"
_STALE = "DELETE FROM loyalty_laid WHERE at_us < ?"
_UNLAY = "DELETE FROM loyalty_laid WHERE coupon = ?"
_DONE = "SELECT 1 FROM loyalty_move WHERE paper_register = ? AND paper = ? AND why <> 'spent' LIMIT 1"
_OF_SALE = """
    SELECT customer, purse, sum(iif(why = 'earned', points, 0)), sum(points) FROM loyalty_move
    WHERE register = ? AND number = ? AND reward = '' GROUP BY customer, purse
"""
_BY_PAPER = """
    SELECT customer, purse, register, number, reward, sum(points) FROM loyalty_move
    WHERE paper_register = ? AND paper = ? GROUP BY customer, purse, register, number, reward
"""


def use_reward(now: LiveSettings[LoyaltySettings], tx: Transaction, command: UseReward) -> Basket:
    reward = REWARDS.require(tx.db, command.reward)
    basket = read_basket(tx.db, tx.actor.register)
    known = membership(tx.db, basket.customer, tx.at_us, tx.business_date) if basket.customer else None
    if known is None or not known.member:
        raise Refusal("reward_not_member")
    laid = [tx.db.execute(_LAID, (coupon.id,)).fetchone() for coupon in basket.coupons]
    left = known.points(reward.purse) - sum(row[3] for row in laid if row and row[2] == reward.purse)
    if left < reward.points:
        raise Refusal("points_too_few", {"points": reward.points, "have": max(0, left)})
    lying = sum(row[3] for row in laid if row and row[4])
    unconfirmed = _is_unconfirmed(now.of(tx), tx, known.customer, reward.points, lying)
    tx.db.execute(_STALE, (tx.at_us - LAID_US,))
    id = secrets.token_hex(12)
    tx.db.execute(_LAY, (id, known.customer, reward.id, reward.purse, reward.points, tx.at_us, unconfirmed))
    share = reward.percent * FULL // 100
    coupon = SaleCoupon(id, id[:4].upper(), 0, _reward_name(reward.names), share, reward.off_minor)
    laid_out: Basket = tx.do(AddCoupon(coupon)).result
    return laid_out


def _is_unconfirmed(settings: LoyaltySettings, tx: Transaction, customer: str, points: int, laid: int) -> bool:
    """Whether a member spends points without head office's confirmation, so that the balance may be too low.

    Raises `Refusal` above the allowance, or if another shop has reserved the points.
    """
    if not settings.head_office or not shared_member(tx.db, customer, tx.at_us):
        return False
    stands = standing(tx.db, customer, tx.at_us)
    if not stands.free:
        raise Refusal("points_kept_elsewhere")
    if stands.confirmed:
        return False
    if given_unconfirmed(tx.db, customer, tx.business_date) + laid + points > settings.offline_most:
        raise Refusal("points_not_confirmed", {"most": settings.offline_most})
    return True


def _append(tx: Transaction, moved: PointsMoved) -> None:
    """Record a change of points with the member's shared id."""
    customer = resolve(tx.db, moved.customer)
    member = shared_member(tx.db, customer, tx.at_us) if customer else ""
    tx.append(msgspec.structs.replace(moved, member=member))


def adjust_points(tx: Transaction, command: AdjustPoints) -> int:
    customer = resolve(tx.db, command.customer)
    if customer is None or not consents_to(tx.db, customer, PURPOSE, tx.at_us):
        raise Refusal("reward_not_member")
    have = points_of(tx.db, customer, command.purse)
    if have + command.points < 0:
        raise Refusal("points_too_few", {"points": -command.points, "have": have})
    if command.points:
        _append(tx, PointsMoved(customer, command.purse, command.points, command.why))
    return have + command.points


def import_points(tx: Transaction, command: ImportPoints) -> list[str]:
    strangers = []
    for one in command.rows:
        customer = resolve(tx.db, one.customer)
        if customer and consents_to(tx.db, customer, PURPOSE, tx.at_us):
            _append(tx, PointsMoved(customer, PURSE, one.points, "imported"))
        else:
            strangers.append(one.customer)
    return strangers


def before_coupon(tx: Transaction, command: UseCoupon) -> bool | None:
    """Deduct the points of a reward in the sale; None for an ordinary coupon.

    Raises `Refusal` if the balance is now too low.
    """
    row = tx.db.execute(_LAID, (command.coupon,)).fetchone()
    if row is None:
        return None
    customer, reward, purse, points, unconfirmed = row
    have = points_of(tx.db, customer, purse)
    if have < points:
        raise Refusal("points_too_few", {"points": points, "have": max(0, have)})
    _append(tx, PointsMoved(customer, purse, -points, "spent", command.number, reward=reward))
    if unconfirmed:
        note_unconfirmed(tx.db, customer, tx.business_date, points)
    tx.db.execute(_UNLAY, (command.coupon,))
    return True


def after_paper(tx: Transaction, command: object, result: Any) -> Any:
    """Record the points that the register's new paper earned or reversed."""
    follow(tx)
    return result


def before_print(now: LiveSettings[LoyaltySettings], tx: Transaction, command: QueuePrint) -> Any:
    """Add earned points and the balance to a receipt. Returns None if there is nothing to add."""
    rows = command.document.rows
    if command.receipt is None or any(isinstance(row, TemplateBlock) and row.template == PAPER for row in rows):
        return None
    customer = follow(tx)
    receipt = last_receipt(tx.db, tx.actor.register)
    if not customer or receipt is None or receipt.number != command.receipt:
        return None
    known = membership(tx.db, customer, tx.at_us, tx.business_date)
    moved = moved_by(tx.db, receipt.register, receipt.number)
    if known is None or not (moved or known.purses):
        return None
    purses = [(one.purse, moved.get(one.purse, 0), one.points) for one in known.purses]
    until = good_until(tx.db, customer, now.of(tx))
    block = TemplateBlock(PAPER, {"purses": purses, "tier": known.tier.names if known.tier else {}, "until": until})
    document = Document(command.document.language, (*rows, block), command.document.cut)
    return tx.do(_with(command, document)).result


def follow(tx: Transaction) -> str:
    """Record the effects of the paper that this command made, once. Returns its member; "" if there is none."""
    receipt = last_receipt(tx.db, tx.actor.register)
    if receipt is None or receipt.at_us != tx.at_us:
        return ""
    event = tx.read(receipt.seq).event
    done = tx.db.execute(_DONE, (receipt.register, receipt.number)).fetchone()
    if isinstance(event, SaleVoided):
        return event.customer if done else _undo_points(tx, event)
    if isinstance(event, SaleRefunded):
        return event.customer if done else _back(tx, event.sale_register, event.sale, event.number, event.customer)
    if not isinstance(event, SaleCompleted):
        return ""
    for goods in () if done else event.returns:
        _back(tx, goods.register, goods.sale, event.number, "")
    customer = resolve(tx.db, event.customer) if event.customer else None
    if customer is None or not consents_to(tx.db, customer, PURPOSE, tx.at_us):
        return ""
    if not done:
        tier = tier_of(tiers(tx.db), earned_lately(tx.db, customer, tx.business_date))
        for purse, points in points_earned(
            event.lines, earn_rules(tx.db), goods_of_rules(tx.db, event.lines), tier
        ).items():
            _append(tx, PointsMoved(customer, purse, points, "earned", event.number))
    return customer


def _back(tx: Transaction, register: str, number: int, paper: int, customer: str) -> str:
    """Reverse a sale's points in proportion to the returned goods, but never below a balance of 0."""
    receipt = read_receipt(tx.db, register, number) if number else None
    for owner, purse, whole, now in tx.db.execute(_OF_SALE, (register, number)).fetchall() if receipt else ():
        assert receipt is not None
        less = now - points_kept(whole, receipt.total_minor, receipt.refunded_minor)
        points = min(less, max(0, points_of(tx.db, owner, purse)))
        if points > 0:
            _append(tx, PointsMoved(owner, purse, -points, "returned", paper, register, number))
    return customer


def _undo_points(tx: Transaction, event: SaleVoided) -> str:
    """Reverse the points of a voided paper, but no more than the current balance."""
    rows = tx.db.execute(_BY_PAPER, (tx.actor.register, event.sale)).fetchall()
    for owner, purse, register, number, reward, moved in rows:
        points = max(-moved, -max(0, points_of(tx.db, owner, purse)))
        if points:
            _append(tx, PointsMoved(owner, purse, points, "undone", event.number, register, number, reward))
    return event.customer


def _with(command: QueuePrint, document: Document) -> QueuePrint:
    return QueuePrint(command.kind, document, command.expires_ms, command.receipt, command.target)


def _reward_name(names: dict[str, str]) -> str:
    """The reward's name for the day's sums, in a single language: the first one entered."""
    return name_in(names, next(iter(names)))
