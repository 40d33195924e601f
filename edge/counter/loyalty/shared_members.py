"""Members of several shops of a tenant: their shared id, and their balances at head office.

The shared id is an HMAC of the card's code, made with the key that signs the shops' coupons (`coupon_key`). Without
that key or a card, a member belongs only to this shop.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.loyalty.head_office_messages import MemberAnswer
from edge.goods.catalog.queries import json_text
from edge.people.coupons.queries import read_key
from edge.people.customers.queries import all_ids, read_customer

CONFIRMED_US = 10 * 60_000_000
"""How long head office reserves a confirmed balance for a box (microseconds)."""
_OWN = """
    SELECT purse, sum(points) FROM loyalty_move WHERE member = ? AND seq <= ? GROUP BY purse
"""
_FORGET = "DELETE FROM loyalty_elsewhere WHERE customer IN (SELECT value FROM json_each(?))"
_ELSEWHERE = "INSERT INTO loyalty_elsewhere (customer, purse, points) VALUES (?, ?, ?)"
_ASKED = "INSERT OR REPLACE INTO loyalty_asked (customer, at_us, free) VALUES (?, ?, ?)"
_STOOD = "SELECT at_us, free FROM loyalty_asked WHERE customer = ?"
_GIVEN = "SELECT coalesce(sum(points), 0) FROM loyalty_unconfirmed WHERE (customer, business_date) = (?, ?)"
_GIVE = """
    INSERT INTO loyalty_unconfirmed (customer, business_date, points) VALUES (?, ?, ?)
    ON CONFLICT (customer, business_date) DO UPDATE SET points = points + excluded.points
"""
_OLD = "DELETE FROM loyalty_unconfirmed WHERE business_date < ?"


_LOST = """
    INSERT INTO loyalty_lost (customer, purse, points, since_us) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (customer, purse) DO UPDATE SET
        since_us = iif(excluded.points > points, excluded.since_us, since_us), points = excluded.points
"""
_ON_ITS_WAY = "SELECT 1 FROM loyalty_move WHERE member = ? AND seq > ? LIMIT 1"
_UNSETTLED = "SELECT customer FROM loyalty_unsettled LIMIT ?"
_OVERSPENT = "SELECT customer, purse, points FROM loyalty_lost WHERE since_us > ? ORDER BY since_us DESC LIMIT ?"
SHOWN_US = 7 * 86_400_000_000
"""How long overdrafts are reported (microseconds)."""
SHOWN_MOST = 20


_LOCAL = (
    *("loyalty_elsewhere", "loyalty_asked", "loyalty_unconfirmed", "loyalty_laid", "loyalty_unsettled", "loyalty_lost"),
)


class Standing(msgspec.Struct, frozen=True):
    """Head office's recent answer about a member.

    `confirmed`: there was an answer. `free`: no other box has reserved the member's points.
    """

    confirmed: bool
    free: bool


def shared_member(db: Connection, customer: str, at_us: int) -> str:
    """A customer's shared id at head office; "" if there is none."""
    key = read_key(db)
    known = read_customer(db, customer, at_us) if key else None
    if key is None or known is None or not known.member_code:
        return ""
    return hmac.new(key, f"member {known.member_code}".encode(), hashlib.sha256).hexdigest()[:32]


def standing(db: Connection, customer: str, at_us: int) -> Standing:
    """Head office's answer about a customer from the last ten minutes."""
    row = db.execute(_STOOD, (customer,)).fetchone()
    if row is None or not 0 <= at_us - row[0] < CONFIRMED_US:
        return Standing(confirmed=False, free=True)
    return Standing(confirmed=True, free=bool(row[1]))


def believe(db: Connection, customer: str, member: str, said: MemberAnswer, at_us: int) -> None:
    """Store head office's balance of a member. Points elsewhere are the total less the points from here."""
    own = dict(db.execute(_OWN, (member, said.through)).fetchall())
    whole = {one.purse: one.points for one in said.purses}
    db.execute(_FORGET, (json_text(all_ids(db, customer)),))
    for purse in sorted(own.keys() | whole.keys()):
        if points := whole.get(purse, 0) - own.get(purse, 0):
            db.execute(_ELSEWHERE, (customer, purse, points))
    db.execute(_ASKED, (customer, at_us, said.free))
    for one in said.purses:
        if one.lost:
            db.execute(_LOST, (customer, one.purse, one.lost, at_us))
    if not db.execute(_ON_ITS_WAY, (member, said.through)).fetchone():
        db.execute("DELETE FROM loyalty_unsettled WHERE customer = ?", (customer,))


def given_unconfirmed(db: Connection, customer: str, business_date: str) -> int:
    """Points that a member spent on a business day without head office's confirmation."""
    return int(db.execute(_GIVEN, (customer, business_date)).fetchone()[0])


def unsettled_members(db: Connection, most: int) -> list[str]:
    """Members who have spent points without confirmation and haven't been checked since."""
    return [customer for (customer,) in db.execute(_UNSETTLED, (most,))]


def overspent(db: Connection, at_us: int) -> list[tuple[str, str, int]]:
    """Recent overdrafts that offline shops allowed: customer, purse, total points."""
    return list(db.execute(_OVERSPENT, (at_us - SHOWN_US, SHOWN_MOST)))


def note_unconfirmed(db: Connection, customer: str, business_date: str, points: int) -> None:
    """Record points spent without confirmation."""
    db.execute(_OLD, (business_date,))
    db.execute(_GIVE, (customer, business_date, points))
    db.execute("INSERT OR IGNORE INTO loyalty_unsettled (customer) VALUES (?)", (customer,))


def forget_member(tx: Transaction, person: str) -> bool:
    """Delete data about a person that other shops reported (`people.forgetting.Forgetter`)."""
    known = False
    for table in _LOCAL:
        gone = tx.db.execute(f"DELETE FROM {table} WHERE customer = ?", (person,))  # nosec B608: a constant
        known = known or gone.rowcount > 0
    return known
