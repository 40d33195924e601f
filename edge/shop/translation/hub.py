"""How the hub turns facts about translations into the texts of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.translation.events import TranslationAccepted, TranslationProposed, TranslationRefused
from sync.hub.api.keys import TEXTS
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

_STATES: dict[type, str] = {TranslationProposed: "proposed", TranslationAccepted: "accepted"}
TRANSLATION = Table(
    "translation",
    "The newest translation of each text and language in each store, and what became of it.",
    *place(),
    Column("key", "text", "product/ and its number, category/ and its id.", "event.key", key=True),
    Column("language", "text", "Into which language.", "event.language", key=True),
    Column("source_language", "text", "From which.", "event.source_language"),
    Column("source", "text", "What stood there.", "event.source"),
    Column("text", "text", "What it is called in the language.", "event.text"),
    Column("state", "text", "proposed, accepted or refused.", lambda fact: _STATES[type(fact.event)]),
)
_SET = TRANSLATION.upsert()
_REFUSE = """
    UPDATE translation SET state = 'refused'
    WHERE tenant = $1 AND store = $2 AND device = $3 AND key = $4 AND language = $5
"""


class TranslationTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "translation"
    version = 1
    tables = (TRANSLATION,)
    reads = (
        TRANSLATION.read(
            *("translations", Filter("store", "store"), Filter("language", "language"), Filter("state", "state")),
            area=TEXTS,
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        kinds = (TranslationProposed, TranslationAccepted, TranslationRefused)
        return dict.fromkeys((kind.__name__ for kind in kinds), self._follow)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about a text is what counts."""
        for fact in self.facts(key, rows):
            if isinstance(fact.event, TranslationRefused):
                await connection.execute(
                    _REFUSE, key.tenant, key.store, key.device, fact.event.key, fact.event.language
                )
            else:
                await connection.execute(_SET, *TRANSLATION.record(fact))
