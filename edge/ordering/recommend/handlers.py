"""Commands of recommendations, inside the transaction: load, decide, save."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.jobs.store import queue
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.queries import read_products
from edge.ordering.recommend.commands import (
    FinishRecommendations,
    NoteSuggestion,
    RevertRecommendations,
    SetSuggestionRule,
    TrainRecommendations,
)
from edge.ordering.recommend.events import RecommendationsReverted, SuggestionRuleSet, SuggestionsCounted
from edge.ordering.recommend.queries import model_at, read_model, rules_set
from edge.ordering.recommend.rules import PINS_MOST, RULES_MOST
from edge.ordering.recommend.settings import RecommendSettings

JOB = "recommend"
_RUNNING = "SELECT id FROM job WHERE kind = ? AND state IN ('queued', 'running') ORDER BY id LIMIT 1"
_COUNT = """
    INSERT INTO recommend_pending (day, surface, register, shown, taken, waved) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (day, surface, register) DO UPDATE SET
        shown = shown + excluded.shown, taken = taken + excluded.taken, waved = waved + excluded.waved
"""
_BEFORE = """
    SELECT day, surface, register, shown, taken, waved FROM recommend_pending WHERE day < ? ORDER BY 1, 2, 3 LIMIT 200
"""
_COUNTED = "DELETE FROM recommend_pending WHERE day = ? AND surface = ? AND register = ?"
Settings = LiveSettings[RecommendSettings]


class RecommendJob(msgspec.Struct, frozen=True):
    """The job's input: train on the days before `today`."""

    today: str
    at_us: int


def train(tx: Transaction, command: TrainRecommendations) -> int:
    """Queue a training; returns the job's id. If one is already running, its id is returned."""
    running = tx.db.execute(_RUNNING, (JOB,)).fetchone()
    return int(running[0]) if running else queue(tx, JOB, RecommendJob(tx.business_date, tx.at_us))


def finish(tx: Transaction, command: FinishRecommendations) -> None:
    if read_model(tx.db, command.trained.model_version) is None:
        tx.append(command.trained)
    _record_counts(tx)


def revert(tx: Transaction, command: RevertRecommendations) -> None:
    now, before = model_at(tx.db, 0), model_at(tx.db, 1)
    if now is None or before is None:
        raise Refusal("no_earlier_recommendations")
    tx.append(RecommendationsReverted(before.trained.model_version, now.trained.model_version))


def set_rule(tx: Transaction, command: SetSuggestionRule) -> None:
    rules = rules_set(tx.db)
    if rules.get(command.sku, "none") == command.rule:
        return
    if command.rule != "none":
        if command.sku not in read_products(tx.db, [command.sku]):
            raise Refusal("unknown_sku", {"sku": command.sku})
        if command.rule == "pinned" and list(rules.values()).count("pinned") >= PINS_MOST:
            raise Refusal("too_many_pins", {"limit": PINS_MOST})
        if len(rules) >= RULES_MOST:
            raise Refusal("too_many_suggestion_rules", {"limit": RULES_MOST})
    tx.append(SuggestionRuleSet(command.sku, command.rule))


def note(settings: Settings) -> Callable[[Transaction, NoteSuggestion], None]:
    """Make the handler that counts outcomes of suggestions. If suggestions are off, it records nothing."""

    def handler(tx: Transaction, command: NoteSuggestion) -> None:
        if not settings.of(tx).on:
            return
        surface = command.set.partition("-")[0]
        register = tx.actor.register if surface in ("till", "kiosk") else ""
        counts = [command.count if command.outcome == one else 0 for one in ("shown", "taken", "waved")]
        tx.db.execute(_COUNT, (tx.business_date, surface, register, *counts))
        _record_counts(tx)

    return handler


def _record_counts(tx: Transaction) -> None:
    """Record the counts of earlier days, in one event for each day, surface and register."""
    for day, surface, register, *counts in tx.db.execute(_BEFORE, (tx.business_date,)).fetchall():
        tx.append(SuggestionsCounted(day, surface, register, *counts))
        tx.db.execute(_COUNTED, (day, surface, register))
