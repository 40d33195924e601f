"""Projects recommendation events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.recommend.events import (
    RecommendationsReverted,
    RecommendationsTrained,
    SuggestionRuleSet,
    SuggestionsCounted,
)

_TRAINED = (
    "INSERT OR REPLACE INTO recommend_model (version, place, trained_us, trained_date, seq, body)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_PUSH = "UPDATE recommend_model SET place = place + 1 WHERE place IS NOT NULL"
_POP = "UPDATE recommend_model SET place = nullif(place, 0) - 1 WHERE place IS NOT NULL"


def _insert_model(db: Connection, fact: RecordedEvent, event: RecommendationsTrained) -> None:
    place = None
    if event.outcome == "deployed":
        db.execute(_PUSH)
        place = 0
    body = msgspec.json.encode(event).decode()
    db.execute(_TRAINED, (event.model_version, place, fact.at_us, fact.business_date, fact.seq, body))


def _revert_model(db: Connection, fact: RecordedEvent, event: RecommendationsReverted) -> None:
    db.execute(_POP)


def _set_rule(db: Connection, fact: RecordedEvent, event: SuggestionRuleSet) -> None:
    db.execute("DELETE FROM recommend_rule WHERE sku = ?", (event.sku,))
    if event.rule != "none":
        db.execute("INSERT INTO recommend_rule (sku, rule, seq) VALUES (?, ?, ?)", (event.sku, event.rule, fact.seq))


def _insert_counts(db: Connection, fact: RecordedEvent, event: SuggestionsCounted) -> None:
    counts = (event.suggested, event.taken, event.waved)
    db.execute(
        "INSERT INTO recommend_day (day, surface, register, seq, shown, taken, waved) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event.day, event.surface, event.at_register, fact.seq, *counts),
    )


projector = Projector(
    name="recommend",
    version=2,
    tables=("recommend_model", "recommend_rule", "recommend_day"),
    on={
        RecommendationsTrained: _insert_model,
        RecommendationsReverted: _revert_model,
        SuggestionRuleSet: _set_rule,
        SuggestionsCounted: _insert_counts,
    },
)
