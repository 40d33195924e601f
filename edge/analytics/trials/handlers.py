"""Commands of trials, inside the transaction: load, decide, save.

A trial changes nothing directly. Its weeks are promotions (`SetPromotion`) and prices with an end (`SetPrice`), which
begin and end by the clock without further action.
"""

from __future__ import annotations

from datetime import date

from edge.analytics.trials.commands import EndTrial, StartTrial, StopTrial
from edge.analytics.trials.events import TrialEnded, TrialStarted
from edge.analytics.trials.planned import is_price_planned, is_promotion_planned
from edge.analytics.trials.queries import KeptTrial, next_number, read_trial, running_trials
from edge.analytics.trials.trial import Trial, TrialPrice, begins_us
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.commands import SetPrice
from edge.goods.catalog.prices import STORE, price_at, price_history
from edge.goods.catalog.product import Source
from edge.goods.catalog.queries import read_products
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import Promotion
from edge.lib.units.dates import after

AHEAD_DAYS = 92
"""Maximum days in advance for which a trial can be planned."""
RUNNING_LIMIT = 20


class TrialHandlers:
    """`zone`: the shop's time zone; `turn_min`: the minute of the day at which its business day begins.

    A trial keeps the values it was planned with.
    """

    def __init__(self, zone: str, turn_min: int) -> None:
        self._zone, self._turn_min = zone, turn_min

    def start(self, tx: Transaction, command: StartTrial) -> int:
        if (command.promotion is None) == (not command.prices):
            raise Refusal("trial_one_change")
        _require_first_day(tx, command.first)
        begin_us = begins_us(command.first, self._zone, self._turn_min)
        prices = tuple(_usual_price(tx, one.sku, one.price_minor, begin_us) for one in command.prices)
        skus = tuple(dict.fromkeys(one.sku for one in prices)) or tuple(dict.fromkeys(command.skus))
        if len(skus) < len(prices):
            raise Refusal("trial_price_twice")
        _require_sold(tx, skus)
        running = running_trials(tx.db)
        if len(running) >= RUNNING_LIMIT:
            raise Refusal("too_many_trials", {"limit": RUNNING_LIMIT})
        _require_apart(skus, running)
        if command.promotion is not None:
            _require_same_goods(command.promotion, skus)
        trial = Trial(
            *(next_number(tx.db), command.first, command.weeks_on, command.weeks_off, command.rounds),
            *(command.stop_at_minor, command.measure, command.promotion, prices, skus),
            *(self._zone, self._turn_min),
        )
        _require_prices_free(tx, trial)
        tx.append(TrialStarted(trial))
        for phase in trial.phases_on:
            from_us, until_us = trial.span_us(phase)
            if trial.promotion is not None:
                tx.do(SetPromotion(trial.promotion_in(phase)))
            for price in prices:
                tx.do(SetPrice(price.sku, price.price_minor, STORE, from_us, until_us, _source(trial)))
        return trial.number

    def stop(self, tx: Transaction, command: StopTrial) -> None:
        kept = read_trial(tx.db, command.number)
        if kept is None:
            raise Refusal("trial_unknown", {"number": command.number})
        if kept.is_running:
            self._end(tx, kept.trial, TrialEnded(command.number, "stopped"))

    def end(self, tx: Transaction, command: EndTrial) -> None:
        """End a trial. Does nothing if it has already ended, or if its last day isn't over by the journal's clock."""
        kept = read_trial(tx.db, command.number)
        if kept is None or not kept.is_running:
            return
        if command.why == "finished" and tx.business_date <= kept.trial.last:
            return
        self._end(tx, kept.trial, TrialEnded(command.number, command.why, command.subject, command.shortfall_minor))

    def _end(self, tx: Transaction, trial: Trial, ended: TrialEnded) -> None:
        """End the trial's current and future promotions and prices, except those a person has changed since."""
        tx.append(ended)
        trial = trial.of_shop(self._zone, self._turn_min)
        for phase in trial.phases_on:
            from_us, until_us = trial.span_us(phase)
            if until_us <= tx.at_us:
                continue
            if trial.promotion is not None and is_promotion_planned(tx.db, trial, phase):
                tx.do(EndPromotion(trial.promotion_in(phase).id))
            for price in trial.prices:
                if is_price_planned(tx.db, trial, phase, price):
                    tx.do(SetPrice(price.sku, None, STORE, from_us, source=_source(trial)))


def _require_prices_free(tx: Transaction, trial: Trial) -> None:
    """Raise `Refusal` if a scheduled price changes these products' prices during the trial."""
    phases = trial.phases
    begin_us, end_us = trial.span_us(phases[0])[0], trial.span_us(phases[-1])[1]
    for price in trial.prices:
        for entry in price_history(tx.db, price.sku):
            ahead = tx.at_us < entry.from_us < end_us if entry.until_us is None else entry.until_us > begin_us
            if entry.list == STORE and ahead and entry.from_us < end_us:
                raise Refusal("trial_price_planned", {"sku": price.sku})


def _source(trial: Trial) -> Source:
    return Source(f"trial {trial.number}")


def _require_first_day(tx: Transaction, first: str) -> None:
    try:
        date.fromisoformat(first)
    except ValueError:
        raise Refusal("trial_first_day", {"days": AHEAD_DAYS}) from None
    if not tx.business_date < first <= after(tx.business_date, AHEAD_DAYS):
        raise Refusal("trial_first_day", {"days": AHEAD_DAYS})


def _usual_price(tx: Transaction, sku: str, price_minor: int, begin_us: int) -> TrialPrice:
    """The usual price on the first day. Today's price may be a special that ends before it."""
    usual = price_at(tx.db, sku, begin_us)
    if usual is None:
        raise Refusal("trial_no_price", {"sku": sku})
    if usual == price_minor:
        raise Refusal("trial_same_price", {"sku": sku})
    return TrialPrice(sku, price_minor, usual)


def _require_sold(tx: Transaction, skus: tuple[str, ...]) -> None:
    known = read_products(tx.db, skus)
    for sku in skus:
        if sku not in known:
            raise Refusal("unknown_sku", {"sku": sku})
        if known[sku][2] is not None:
            raise Refusal("trial_discontinued", {"sku": sku})


def _require_same_goods(promotion: Promotion, skus: tuple[str, ...]) -> None:
    """Raise `Refusal` unless the discounted products are the measured ones: named products on both sides, or the whole
    shop.
    """
    goods = promotion.goods
    if goods.categories or goods.brands or set(goods.skus) != set(skus) or (skus and promotion.but.keys):
        raise Refusal("trial_goods_differ")


def _require_apart(skus: tuple[str, ...], running: list[KeptTrial]) -> None:
    for kept in running:
        theirs = kept.trial.skus
        if not skus or not theirs:
            raise Refusal("trial_of_whole_shop", {"number": kept.trial.number})
        if both := set(skus).intersection(theirs):
            raise Refusal("trial_same_product", {"sku": min(both), "number": kept.trial.number})
