"""Commands of recommendations, inside the transaction: load, decide, save."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from edge.core.jobs.store import queue
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.queries import read_products
from edge.lib.units.dates import after
from edge.ordering.recommend.commands import (
    FinishRecommendations,
    NoteSuggestion,
    RevertRecommendations,
    SetSuggestionRule,
    TrainRecommendations,
)
from edge.ordering.recommend.events import RecommendationsReverted, SuggestionRuleSet
from edge.ordering.recommend.queries import model_at, read_model, rules_set
from edge.ordering.recommend.rules import PINS_MOST, RULES_MOST
from edge.ordering.recommend.settings import RecommendSettings

JOB = "recommend"
RETENTION_WEEKS = 60
_RUNNING = "SELECT id FROM job WHERE kind = ? AND state IN ('queued', 'running') ORDER BY id LIMIT 1"
_COUNT = """
    INSERT INTO recommend_count (week, surface, register, outcome, count) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (week, surface, register, outcome) DO UPDATE SET count = count + excluded.count
"""
Settings = LiveSettings[RecommendSettings]


class RecommendJob(msgspec.Struct, frozen=True):
    """The job's input: train on the days before `today`."""

    today: str
    at_us: int


def train(tx: Transaction, command: TrainRecommendations) -> int:
    """Queue a training; returns the job's id, or that of a running one."""
    running = tx.db.execute(_RUNNING, (JOB,)).fetchone()
    return int(running[0]) if running else queue(tx, JOB, RecommendJob(tx.business_date, tx.at_us))


def finish(tx: Transaction, command: FinishRecommendations) -> None:
    if read_model(tx.db, command.trained.model_version) is None:
        tx.append(command.trained)


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
    """Make the handler that counts outcomes of suggestions; if suggestions are off, nothing is recorded."""

    def handler(tx: Transaction, command: NoteSuggestion) -> None:
        if not settings.of(tx).on:
            return
        day = date.fromisoformat(tx.business_date)
        week = after(tx.business_date, -day.weekday())
        surface = command.set.partition("-")[0]
        register = tx.actor.register if surface in ("till", "kiosk") else ""
        tx.db.execute(_COUNT, (week, surface, register, command.outcome, command.count))
        tx.db.execute("DELETE FROM recommend_count WHERE week < ?", (after(week, -7 * RETENTION_WEEKS),))

    return handler
