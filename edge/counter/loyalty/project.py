"""Projects loyalty events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.loyalty.entities import REWARDS, RULES, TIERS
from edge.counter.loyalty.events import PointsExpired, PointsMoved

_MOVE = """
    INSERT INTO loyalty_move (seq, customer, purse, points, why, register, number, paper_register, paper, reward,
        business_date, at_us, member) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_PURSE = """
    INSERT INTO loyalty_purse (customer, purse, points) VALUES (?, ?, ?)
    ON CONFLICT (customer, purse) DO UPDATE SET points = points + excluded.points
"""


def _move_points(db: Connection, fact: RecordedEvent, event: PointsMoved) -> None:
    of = (event.sale_register or fact.register, event.sale or event.number)
    paper = (fact.register if event.number else "", event.number)
    when = (fact.business_date, fact.at_us)
    who = (event.customer, event.purse, event.points)
    db.execute(_MOVE, (fact.seq, *who, event.why, *of, *paper, event.reward, *when, event.member))
    db.execute(_PURSE, who)


def _expire_points(db: Connection, fact: RecordedEvent, event: PointsExpired) -> None:
    who = (event.customer, event.purse, -event.points)
    db.execute(_MOVE, (fact.seq, *who, "expired", "", 0, "", 0, "", fact.business_date, fact.at_us, ""))
    db.execute(_PURSE, who)


def _forget_person(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    for table in ("loyalty_move", "loyalty_purse"):
        db.execute(f"DELETE FROM {table} WHERE customer = ?", (event.person,))


projector = Projector(
    name="loyalty",
    version=1,
    tables=(RULES.table, REWARDS.table, TIERS.table, "loyalty_move", "loyalty_purse"),
    on={
        **RULES.on,
        **REWARDS.on,
        **TIERS.on,
        PointsMoved: _move_points,
        PointsExpired: _expire_points,
        PersonForgotten: _forget_person,
    },
)
