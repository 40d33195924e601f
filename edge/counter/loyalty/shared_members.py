"""Members who collect in several shops of a tenant: by what head office knows them, and what it said of them.

That is a digest of their card's code under the key by which all shops sign coupons (`coupon_key`), not the code;
without that key, or without a card, a member is this shop's alone.
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
"""So long head office keeps for a box what it told it."""
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
"""So long somebody is told that shops gave more than a member had."""
SHOWN_MOST = 20


_LOCAL = (
    *("loyalty_elsewhere", "loyalty_asked", "loyalty_unconfirmed", "loyalty_laid", "loyalty_unsettled", "loyalty_lost"),
)


class Standing(msgspec.Struct, frozen=True):
    """What head office said of a member lately: whether it did, and whether no other box keeps their points."""

    confirmed: bool
    free: bool


def shared_member(db: Connection, customer: str, at_us: int) -> str:
    """By what head office knows a customer; "": it does not."""
    key = read_key(db)
    known = read_customer(db, customer, at_us) if key else None
    if key is None or known is None or not known.member_code:
        return ""
    return hmac.new(key, f"member {known.member_code}".encode(), hashlib.sha256).hexdigest()[:32]


def standing(db: Connection, customer: str, at_us: int) -> Standing:
    """What head office said of a customer within the last ten minutes."""
    row = db.execute(_STOOD, (customer,)).fetchone()
    if row is None or not 0 <= at_us - row[0] < CONFIRMED_US:
        return Standing(confirmed=False, free=True)
    return Standing(confirmed=True, free=bool(row[1]))


def believe(db: Connection, customer: str, member: str, said: MemberAnswer, at_us: int) -> None:
    """Keep what head office says of a member: what they hold elsewhere is all of it, less what it has from here."""
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
    """What a member spent on a day of business without head office's word."""
    return int(db.execute(_GIVEN, (customer, business_date)).fetchone()[0])


def unsettled_members(db: Connection, most: int) -> list[str]:
    """Who spent without head office's word, and has not been asked about since."""
    return [customer for (customer,) in db.execute(_UNSETTLED, (most,))]


def overspent(db: Connection, at_us: int) -> list[tuple[str, str, int]]:
    """Of whom shops that were cut off gave more than there was, lately: customer, purse, so many points in all."""
    return list(db.execute(_OVERSPENT, (at_us - SHOWN_US, SHOWN_MOST)))


def note_unconfirmed(db: Connection, customer: str, business_date: str, points: int) -> None:
    """They spent more of it."""
    db.execute(_OLD, (business_date,))
    db.execute(_GIVE, (customer, business_date, points))
    db.execute("INSERT OR IGNORE INTO loyalty_unsettled (customer) VALUES (?)", (customer,))


def forget_member(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`): what is known of them from elsewhere."""
    known = False
    for table in _LOCAL:
        gone = tx.db.execute(f"DELETE FROM {table} WHERE customer = ?", (person,))  # nosec B608: a constant
        known = known or gone.rowcount > 0
    return known
