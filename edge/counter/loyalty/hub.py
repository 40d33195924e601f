"""Head office's table of loyalty. It contains each change of points; balances are their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.core.people.forgetting import PersonForgotten
from edge.counter.loyalty import head_office_messages
from edge.counter.loyalty.events import PointsExpired, PointsMoved
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Index, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _points(event: PointsMoved | PointsExpired) -> int:
    return -event.points if isinstance(event, PointsExpired) else event.points


MOVE = Table(
    "loyalty_move",
    "Loyalty points earned and spent; a member's balance is their sum.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("customer", "text", "Anonymous customer id.", "event.customer"),
    Column("purse", "text", "Type of points: points, or another kind the store collects.", "event.purse"),
    Column("points", "bigint", "Points added; negative: points deducted.", lambda fact: _points(fact.event)),
    Column(
        "why",
        "text",
        "earned, spent, returned, undone, correction, goodwill, welcome, imported, expired.",
        lambda fact: getattr(fact.event, "why", "expired"),
    ),
    Column("reward", "text", "Reward they were spent on; or empty.", lambda fact: getattr(fact.event, "reward", "")),
    Column(
        "member", "text", "Member id shared by all stores; or empty.", lambda fact: getattr(fact.event, "member", "")
    ),
    indexes=(
        Index("loyalty_move_customer", "tenant, customer"),
        Index("loyalty_move_member", "tenant, member, at"),
    ),
)


HOLD = Table(
    "loyalty_hold",
    "Points reserved by a box for an unpaid basket, for at most ten minutes.",
    *place(device="Box that reserved them."),
    Column("member", "text", "Member id shared by all stores.", key=True),
    Column("at", "timestamptz", "Time of the event."),
)
MOVES_AT_ONCE = 1_000
"""Maximum changes of a member's points loaded into memory at a time. All of them count."""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))"
_MOVES = """
    SELECT purse, points, store = $3 AND device = $4 AND epoch = $5 AS own, seq FROM loyalty_move
    WHERE tenant = $1 AND member = $2 ORDER BY at, store, device, epoch, seq
"""
_KEPT = """
    SELECT count(*) FROM loyalty_hold WHERE tenant = $1 AND member = $2 AND NOT (store = $3 AND device = $4)
    AND at > now() - interval '10 minutes'
"""
_KEEP = """
    INSERT INTO loyalty_hold (tenant, store, device, member, at) VALUES ($1, $2, $3, $4, now())
    ON CONFLICT (tenant, store, device, member) DO UPDATE SET at = excluded.at
"""
_FREE = "DELETE FROM loyalty_hold WHERE (tenant, store, device, member) = ($1, $2, $3, $4)"
_FORGOTTEN = """
    UPDATE loyalty_move SET member = '' WHERE tenant = $1 AND store = $2 AND device = $3 AND customer = $4
"""


class LoyaltyTables(TableProjector):
    """Projects loyalty events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "loyalty"
    version = 1
    tables = (MOVE, HOLD)
    reads = (MOVE.read("loyalty_moves", Filter("store", "store"), Filter("customer", "customer")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, PointsMoved, PointsExpired, PersonForgotten)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Copy changes of points in bulk, and unlink forgotten customers.

        A reservation ends when its points are spent.
        """
        of = (key.tenant, key.store, key.device)
        found = list(self.facts(key, rows))
        await MOVE.copy(connection, [one for one in found if not isinstance(one.event, PersonForgotten)])
        for fact in found:
            match fact.event:
                case PersonForgotten(person):
                    await connection.execute(_FORGOTTEN, *of, person)
                case PointsMoved(why="spent", member=member) if member:
                    await connection.execute(_FREE, *of, member)


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Answer with a member's balance over all stores, and reserve it for the asking box; see `head_office_messages`."""
    asked = head_office_messages.question_of(body)
    await connection.execute(_LOCK, f"{key.tenant} {asked.member}")
    held, lost, through = dict[str, int](), dict[str, int](), max(0, asked.first_seq - 1)
    moves = (_MOVES, key.tenant, asked.member, key.store, key.device, asked.epoch)
    async for name, moved, own, seq in connection.cursor(*moves, prefetch=MOVES_AT_ONCE):
        points = held.get(name, 0) + moved
        held[name] = max(0, points)  # never below: the overdraft is the shops' loss and isn't taken from later points
        lost[name] = lost.get(name, 0) + max(0, -points)
        through = max(through, seq if own else 0)
    free = not await connection.fetchval(_KEPT, key.tenant, asked.member, key.store, key.device)
    if free and asked.keep:
        await connection.execute(_KEEP, key.tenant, key.store, key.device, asked.member)
    purse = head_office_messages.MemberPurse
    purses = tuple(purse(one, points, lost[one]) for one, points in sorted(held.items()))
    return head_office_messages.encode(head_office_messages.MemberAnswer(purses, free, through))
