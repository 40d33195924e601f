"""Store the assistant's usage counts in the hub's Postgres, by day and without any text; answer boxes about the limit
on new conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.conversation.assistant.events import ConversationsCounted
from edge.conversation.assistant.head_office_messages import BegunDay, ConversationAnswer, encode, question_of
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Index, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

COUNT = Table(
    "conversation_count",
    "Daily counts of the assistant's use; contains no text of conversations.",
    *place(),
    Column("of_day", "date", "Business day.", "event.day", key=True),
    Column("at_place", "text", "kiosk, phone, staff or copilot.", "item.place", key=True),
    Column("language", "text", "en, fr or he.", "item.language", key=True),
    Column(
        *("what", "text", "turns, spoken, intent.X, tool.X, end.X, ms.N (turns that took at most N ms).", "item.what"),
        key=True,
    ),
    Column("n", "bigint", "Number of occurrences.", "item.n"),
    indexes=(Index("conversation_count_by_day", "tenant, of_day, store"),),
)
_SET = COUNT.upsert("n")


_NOTE = "SELECT today, own, used, most FROM note_conversations($1, $2, $3, $4, $5)"


class ConversationTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "assistant"
    version = 1
    keeps_orphans = True
    tables = (COUNT,)
    reads = (
        COUNT.read(
            "assistant/counts",
            Filter("store", "store"),
            Filter("what", "what"),
            Filter("place", "at_place"),
            Filter("from", "of_day", ">="),
            Filter("to", "of_day", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ConversationsCounted)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        counts = [COUNT.record(each) for fact in self.facts(key, rows) for each in fact.each(fact.event.counts)]
        await connection.executemany(_SET, counts)


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Answer a box that reports its conversation counts; see `head_office_messages`."""
    own: list[BegunDay] = []
    for one in question_of(body).days:
        row = await connection.fetchrow(
            _NOTE, key.tenant, key.store, key.device, date.fromisoformat(one.day), one.begun
        )
        own.append(BegunDay(one.day, row["own"]))
    return encode(ConversationAnswer(tuple(own), row["today"].isoformat(), row["used"], row["most"]))
