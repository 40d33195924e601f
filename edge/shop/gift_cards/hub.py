"""How the hub turns facts about gift cards into what each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.gift_cards.events import CardClosed, CardLoaded, CardMoved
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_LOADED = """
    INSERT INTO gift_card (tenant, store, device, card, tail, kind, balance_minor, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (tenant, store, device, card) DO UPDATE SET
        balance_minor = excluded.balance_minor, changed_at = excluded.changed_at
"""
_MOVED = """
    UPDATE gift_card SET balance_minor = $5, changed_at = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""
_CLOSED = """
    UPDATE gift_card SET closed = true, changed_at = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND card = $4
"""

READS = (
    Read(
        name="gift-cards",
        source="gift_card",
        summary="What each store's gift cards and store credit hold.",
        fields=(
            Field("store", "text", "The store that sold it."),
            Field("device", "text", "The box that has it."),
            Field("card", "text", "A digest of the code on the card."),
            Field("tail", "text", "The last characters of the code."),
            Field("kind", "text", "gift, or credit for goods that came back."),
            Field("balance_minor", "integer", "What the store owes on it, in minor units."),
            Field("closed", "boolean", "Whether nobody pays with it any more."),
            Field("changed_at", "time", "When that changed last."),
        ),
        key=("store", "device", "card"),
        filters=(Filter("store", "store"), Filter("card", "card")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class GiftCardTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "gift_cards"
    version = 1
    tables = ("gift_card",)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, CardLoaded, CardMoved, CardClosed)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about a card is what counts."""
        place = (key.tenant, key.store, key.device)
        for row, event in self.read(rows):
            at = moment(row.at_us)
            match event:
                case CardLoaded():
                    values = (event.card, event.tail, event.kind, event.balance_minor, at)
                    await connection.execute(_LOADED, *place, *values)
                case CardMoved():
                    await connection.execute(_MOVED, *place, event.card, event.balance_minor, at)
                case CardClosed():
                    await connection.execute(_CLOSED, *place, event.card, at)
