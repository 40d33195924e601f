"""The regular check of trials: whether one is over, costs too much, was changed by a person, or lost its products."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import structlog

from edge.analytics.trials.commands import EndTrial
from edge.analytics.trials.planned import is_price_planned, is_promotion_planned
from edge.analytics.trials.queries import KeptTrial, read_result, running_trials
from edge.analytics.trials.trial import Trial
from edge.core.command_bus import CommandBus
from edge.core.process.part_context import PartContext
from edge.core.process.parts import Ready
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection, open_reader
from edge.foundation.access.rights import system
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.queries import read_products

_log = structlog.get_logger(__name__)
LOOK_S = 300.0
FIRST_LOOK_S = 15.0
_FOLLOWED = "SELECT (SELECT seq FROM projection WHERE name = 'figures') > (SELECT max(seq) FROM journal) - 1000"


class TrialCheck:
    """A part without its own state; the ledger determines the trials to end.

    `zone`: the shop's time zone; `turn_min`: the minute at which its business days begin; `business_date`: returns the
    business day of a moment.
    """

    def __init__(
        self, shop: CommandBus, ledger: Path, zone: str, turn_min: int, business_date: Callable[[int], str]
    ) -> None:
        self._shop, self._ledger = shop, ledger
        self._zone, self._turn_min, self._business_date = zone, turn_min, business_date

    async def run(self, ready: Ready) -> None:
        """Check every `LOOK_S` seconds until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, LOOK_S, FIRST_LOOK_S)

    async def look(self) -> list[EndTrial]:
        """End due trials, and return them."""
        due = await asyncio.to_thread(self._due)
        for command in due:
            outcome = await self._shop.do(command, system())
            _log.info("trial ended", number=command.number, why=command.why, outcome=str(outcome)[:60])
        return due

    def _due(self) -> list[EndTrial]:
        now_us = self._shop.now_us()
        today = self._business_date(now_us)
        with closing(open_reader(self._ledger)) as db:
            running = running_trials(db)
            if not running:
                return []
            followed = bool(db.execute(_FOLLOWED).fetchone()[0])
            found = (self._end_of(db, kept, today, now_us, followed) for kept in running)
            return [command for command in found if command is not None]

    def _end_of(self, db: Connection, kept: KeptTrial, today: str, now_us: int, followed: bool) -> EndTrial | None:
        trial = kept.trial.of_shop(self._zone, self._turn_min)
        lost = (read_result(db, kept, today).shortfall_minor if followed else None) or 0
        if subject := discontinued_product(db, trial):
            return EndTrial(trial.number, "gone", subject, lost)
        if subject := self._changed_subject(db, trial, now_us):
            return EndTrial(trial.number, "changed", subject, lost)
        if lost > trial.stop_at_minor:
            return EndTrial(trial.number, "hurt", "", lost)
        if followed and today > trial.last:
            return EndTrial(trial.number, "finished", "", lost)
        return None

    def _changed_subject(self, db: Connection, trial: Trial, now_us: int) -> str:
        """The promotion or product that a person changed for weeks that aren't over; "" if there is none.

        In the trial's weeks, its own price takes precedence over the usual price. The usual price is therefore read at
        the end of those weeks, and also before they begin, since a special may run until then.
        """
        phases = trial.phases_on
        spans = [trial.span_us(one) for one in phases]
        for phase, (_, until_us) in zip(phases, spans, strict=True):
            if until_us <= now_us:
                continue
            if trial.promotion is not None and not is_promotion_planned(db, trial, phase):
                return trial.promotion_in(phase).id
            for price in trial.prices:
                if not is_price_planned(db, trial, phase, price):
                    return price.sku
        running = [span for span in spans if span[0] <= now_us < span[1]]
        usual_us = running[0][1] if running else spans[0][1] if now_us < spans[0][0] else now_us
        for price in trial.prices:
            if price_at(db, price.sku, usual_us) != price.was_minor:
                return price.sku
            if running and price_at(db, price.sku, now_us) != price.price_minor:
                return price.sku
        return ""


def discontinued_product(db: Connection, trial: Trial) -> str:
    """The discontinued product that makes the trial pointless; "" if there is none.

    This is any product with a trial price, or the last product.
    """
    known = read_products(db, trial.skus)
    gone = [sku for sku in trial.skus if sku not in known or known[sku][2] is not None]
    return gone[0] if gone and (trial.prices or len(gone) == len(trial.skus)) else ""


def parts(turn_min: int) -> tuple[PartSpec, ...]:
    """The check as a part of the shop."""

    def make(context: PartContext) -> TrialCheck:
        return TrialCheck(context.shop, context.ledger, context.zone, turn_min, context.business_date)

    return (PartSpec("trials", make),)
