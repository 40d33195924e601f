"""Hub projection: the balance of each gift card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.money.gift_cards import head_office_messages
from edge.money.gift_cards.events import CardClosed, CardLoaded, CardMoved, CardReopened
from edge.money.gift_cards.rules import SettledCard, card_after, expiry_of_card
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, EPOCH, SEQ, Column, Fact, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

GIFT_CARD = Table(
    "gift_card",
    "Balances of gift cards and store credit.",
    *place(store="Store that sold it.", device="Box that has it."),
    Column("card", "text", "Digest of the card's code.", "event.card", key=True),
    Column("tail", "text", "Last characters of the code.", "event.tail"),
    Column("kind", "text", "gift, or credit for returned goods.", "event.kind"),
    Column("balance_minor", "bigint", "Balance in minor units.", "event.balance_minor"),
    Column("currency", "text", "ISO 4217; empty: the store's currency.", "event.currency", default="''"),
    Column("closed", "boolean", "Whether the card is blocked.", default="false"),
    Column("changed_at", "timestamptz", "Time of the last change.", "row.at_us"),
)
"""The table contains only a digest of the card's code."""
GIFT_CARD_MOVE = Table(
    "gift_card_move",
    "Gift card movements in all stores; a card's balance is their sum, never below 0.",
    *place(device="Box that wrote it."),
    EPOCH,
    SEQ,
    Column("card", "text", "Digest of the card's code.", "event.card"),
    Column("why", "text", "loaded, spent, put_back, unloaded or expired.", lambda fact: _why(fact)),
    Column("minor", "bigint", "Amount in minor units; negative: taken off the card.", lambda fact: _signed_minor(fact)),
    Column("expires_on", "text", "Expiry date of the card; empty: none.", "event.expires_on"),
    AT,
    indexes=(Index("gift_card_move_card", "tenant, card, at"),),
)
GIFT_CARD_HOLD = Table(
    "gift_card_hold",
    "Gift card amounts reserved for unpaid baskets, for at most half an hour.",
    *place(device="Box with the basket."),
    Column("card", "text", "Digest of the card's code.", key=True),
    Column("register", "text", "Register of the basket.", key=True),
    Column("minor", "bigint", "Amount in minor units."),
    Column("at", "timestamptz", "Time of the event."),
)

MOVES_AT_ONCE = 1_000
"""Maximum movements of a card loaded into memory at a time. All of them count."""

_LOADED = GIFT_CARD.upsert("balance_minor", "changed_at")
_MOVED = """
    UPDATE gift_card SET balance_minor = $5, changed_at = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""
_CLOSED = """
    UPDATE gift_card SET closed = $6, changed_at = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""
_MOVE = GIFT_CARD_MOVE.insert_once()
_FREE = "DELETE FROM gift_card_hold WHERE (tenant, store, device, card, register) = ($1, $2, $3, $4, $5)"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_KNOWN = """
    SELECT kind, tail, currency, closed FROM gift_card WHERE tenant = $1 AND card = $2 ORDER BY closed DESC LIMIT 1
"""
_MOVES = """
    SELECT minor, expires_on, store = $3 AND device = $4 AND epoch = $5 AS own, seq FROM gift_card_move
    WHERE tenant = $1 AND card = $2 ORDER BY at, store, device, epoch, seq
"""
_HELD = """
    SELECT coalesce(sum(minor), 0)::bigint FROM gift_card_hold
    WHERE tenant = $1 AND card = $2 AND NOT (store = $3 AND device = $4 AND register = $5)
      AND at > now() - interval '30 minutes'
"""
_HOLD = """
    INSERT INTO gift_card_hold (tenant, store, device, card, register, minor, at) VALUES ($1, $2, $3, $4, $5, $6, now())
    ON CONFLICT (tenant, store, device, card, register) DO UPDATE SET minor = excluded.minor, at = excluded.at
"""


class GiftCardTables(TableProjector):
    """Projects gift card events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "gift_cards"
    version = 1
    tables = (GIFT_CARD, GIFT_CARD_MOVE, GIFT_CARD_HOLD)
    keeps_orphans = True
    reads = (
        GIFT_CARD_MOVE.read("gift-cards/moves", Filter("store", "store"), Filter("card", "card")),
        GIFT_CARD.read("gift-cards", Filter("store", "store"), Filter("card", "card")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, CardLoaded, CardMoved, CardClosed, CardReopened)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, because the last event about a card counts."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            at = moment(fact.row.at_us)
            match fact.event:
                case CardLoaded():
                    await connection.execute(_LOADED, *GIFT_CARD.record(fact))
                    await connection.execute(_MOVE, *GIFT_CARD_MOVE.record(fact))
                case CardMoved(card=card, balance_minor=balance_minor):
                    await connection.execute(_MOVED, *of, card, balance_minor, at)
                    await connection.execute(_MOVE, *GIFT_CARD_MOVE.record(fact))
                    await connection.execute(_FREE, *of, card, fact.row.register)
                case CardClosed(card) | CardReopened(card):
                    await connection.execute(_CLOSED, *of, card, at, isinstance(fact.event, CardClosed))


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """A card's balance over all shops. Holds the requested sum for the asking box; see `asking`."""
    asked = head_office_messages.question_of(body)
    await connection.execute(_LOCK, f"{key.tenant} {asked.card}")
    known = await connection.fetchrow(_KNOWN, key.tenant, asked.card)
    if known is None or (known["currency"] and asked.currency and known["currency"] != asked.currency):
        return head_office_messages.encode(head_office_messages.CardAnswer())
    now, through, loads = SettledCard(), max(0, asked.first_seq - 1), set[tuple[int, str]]()
    moves = (_MOVES, key.tenant, asked.card, key.store, key.device, asked.epoch)
    async for minor, expires_on, own, seq in connection.cursor(*moves, prefetch=MOVES_AT_ONCE):
        now = card_after((minor,), now)
        through = max(through, seq if own else 0)
        loads.add((1 if minor > 0 else -1, expires_on))
    of = (key.tenant, asked.card, key.store, key.device, asked.register)
    free = max(0, now.balance_minor - await connection.fetchval(_HELD, *of))
    if kept := min(free, asked.minor):
        await connection.execute(_HOLD, key.tenant, key.store, key.device, asked.card, asked.register, kept)
    else:
        await connection.execute(_FREE, key.tenant, key.store, key.device, asked.card, asked.register)
    said = head_office_messages.CardAnswer(
        known["kind"],
        known["tail"],
        now.balance_minor,
        free,
        now.lost_minor,
        expiry_of_card(loads),
        known["closed"],
        through,
    )
    return head_office_messages.encode(said)


def _why(fact: Fact) -> str:
    return "loaded" if isinstance(fact.event, CardLoaded) else fact.event.why


def _signed_minor(fact: Fact) -> int:
    minor: int = fact.event.minor
    return minor if _why(fact) in ("loaded", "put_back") else -minor
