"""How the hub turns facts about gift cards into what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.gift_cards.events import CardClosed, CardLoaded, CardMoved
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

GIFT_CARD = Table(
    "gift_card",
    "What each store's gift cards and store credit hold.",
    *place(store="The store that sold it.", device="The box that has it."),
    Column("card", "text", "A digest of the code on the card.", "event.card", key=True),
    Column("tail", "text", "The last characters of the code.", "event.tail"),
    Column("kind", "text", "gift, or credit for goods that came back.", "event.kind"),
    Column("balance_minor", "bigint", "What the store owes on it, in minor units.", "event.balance_minor"),
    Column("closed", "boolean", "Whether nobody pays with it any more.", default="false"),
    Column("changed_at", "timestamptz", "When that changed last.", "row.at_us"),
)
"""The code is nowhere, only a digest of it."""

_LOADED = GIFT_CARD.upsert("balance_minor", "changed_at")
_MOVED = """
    UPDATE gift_card SET balance_minor = $5, changed_at = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""
_CLOSED = """
    UPDATE gift_card SET closed = true, changed_at = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""


class GiftCardTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "gift_cards"
    version = 1
    tables = (GIFT_CARD,)
    reads = (GIFT_CARD.read("gift-cards", Filter("store", "store"), Filter("card", "card")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, CardLoaded, CardMoved, CardClosed)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about a card is what counts."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            at = moment(fact.row.at_us)
            match fact.event:
                case CardLoaded():
                    await connection.execute(_LOADED, *GIFT_CARD.record(fact))
                case CardMoved(card=card, balance_minor=balance_minor):
                    await connection.execute(_MOVED, *of, card, balance_minor, at)
                case CardClosed(card):
                    await connection.execute(_CLOSED, *of, card, at)
