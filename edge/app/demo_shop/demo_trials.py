"""The demo shop's trials: offers, an ended trial and a running one. Customers buy more at lower prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from edge.analytics.trials.commands import EndTrial, StartTrial, TriedPrice
from edge.analytics.trials.queries import read_result, read_trial
from edge.app.demo_shop.demo_history import PastShop, category_of
from edge.core.journal.projections import follow_together
from edge.core.limits import FOLLOW_TURNS
from edge.core.storage.database import Connection
from edge.core.writer import MaintenanceWrite
from edge.foundation.access.rights import system
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion

OFFERS: Mapping[str, tuple[tuple[int, ...], dict[str, str]]] = {
    "dairy": ((2, 3, 7, 8), {"en": "Dairy 15% off", "fr": "Crèmerie -15 %", "he": "מוצרי חלב ב-15% הנחה"}),
    "bakery": ((3, 4, 9, 10), {"en": "Bakery 15% off", "fr": "Boulangerie -15 %", "he": "מאפים ב-15% הנחה"}),
    "snacks": ((1, 2, 6, 7), {"en": "Snacks 15% off", "fr": "Biscuits -15 %", "he": "חטיפים ב-15% הנחה"}),
}
"""Offers by category: their weeks, counted from the first, and their name."""
OFF = 15_000
MORE_OFFERED, MORE_TRIED = 1.4, 2.0
"""Factors by which sales increase for products on offer, and in a trial."""
WEEK = 7
TRIAL_DAYS = 28
JUICES = ("Orange juice 1 l", "Apple juice 1 l", "Grape juice 1 l", "Tomato juice 1 l", "Peach iced tea 1.5 l")
TENTH_OFF = {"en": "Juice 10% off", "fr": "Jus de fruits -10 %", "he": "מיצים ב-10% הנחה"}
ENDED_BEFORE, RUNNING_SINCE = 9, 10
"""How many days ago the first trial ended, and the second one began."""
CHEAPER = {"Muesli 500 g": 1_990, "Cornflakes 500 g": 1_590}
LIMIT_MINOR = 50_000


class TriedShop(PastShop):
    """A shop whose history includes offers and trials."""

    def live(self, first: date, days: int, sales: int, now_us: int = 0) -> None:
        self._first, self._today = first, first + timedelta(days=days)
        skus = {(one.names or {}).get("en", ""): one.sku for one in self._goods}
        self._juices = tuple(skus[name] for name in JUICES if name in skus)
        self._cheaper = {skus[name]: minor for name, minor in CHEAPER.items() if name in skus}
        super().live(first, days, sales, now_us)

    def _day(self, day: date, sales: float) -> None:
        self._clock.at_us = self._at(day, 6, 0)
        self._try_out(day)
        self._drawn = self._places_on(day)
        super()._day(day, sales)

    def _begin_day(self, day: date, sales: int, now_us: int) -> None:
        self._drawn = self._places_on(day)
        super()._begin_day(day, sales, now_us)

    def _try_out(self, day: date) -> None:
        since = (day - self._first).days
        for category, (weeks, names) in OFFERS.items():
            for week in weeks:
                if since == week * WEEK:
                    from_us, until_us = self._at(day, 4, 0), self._at(day + timedelta(WEEK), 4, 0)
                    goods = Goods(categories=(category,))
                    id = f"offer-{category}-{week}"
                    offer = Promotion(id, names, PercentOff(OFF), goods, from_us=from_us, until_us=until_us)
                    self._do(system(), SetPromotion(offer))
        if day == self._trial_first - timedelta(days=1) and self._juices:
            promotion = Promotion("what-if-1", TENTH_OFF, PercentOff(10_000), Goods(self._juices))
            self._start(self._trial_first, promotion=promotion, skus=self._juices)
        if day == self._trial_first + timedelta(days=TRIAL_DAYS) and self._juices:
            self._do(system(), EndTrial(1, "finished", shortfall_minor=self._shortfall(1, day)))
        if day == self._running_first - timedelta(days=1) and self._cheaper:
            prices = tuple(TriedPrice(sku, minor) for sku, minor in self._cheaper.items())
            self._start(self._running_first, prices=prices)

    def _start(self, first: date, **what: Any) -> None:
        self._do(system(), StartTrial(first.isoformat(), LIMIT_MINOR, **what))

    def _shortfall(self, number: int, day: date) -> int:
        """Return how much less than expected a trial earned, as calculated by the daily check."""
        registry, found = self._open_ledger.registry, [0]
        figures = [registry.following("figures")]

        def work_out(db: Connection) -> None:
            while any(step.behind for step in follow_together(db, registry, figures, FOLLOW_TURNS).values()):
                pass
            kept = read_trial(db, number)
            found[0] = (read_result(db, kept, day.isoformat()).shortfall_minor if kept else None) or 0

        self._run([MaintenanceWrite(work_out)])
        return found[0]

    def _places_on(self, day: date) -> list[float]:
        """Return the products of a basket. Products that are cheaper on that day appear more often."""
        week = (day - self._first).days // WEEK
        offered = {category for category, (weeks, _) in OFFERS.items() if week in weeks}
        tried = set(self._juices) if self._is_on(day, self._trial_first) else set[str]()
        tried |= self._cheaper.keys() if self._is_on(day, self._running_first) else set()

        def times(sku: str, category: str) -> float:
            return MORE_TRIED if sku in tried else MORE_OFFERED if category in offered else 1.0

        rates = zip(self._goods, self._rates, strict=True)
        return list(accumulate(rate * times(one.sku, category_of(one)) for one, rate in rates))

    @property
    def _trial_first(self) -> date:
        return self._today - timedelta(days=ENDED_BEFORE + TRIAL_DAYS - 1)

    @property
    def _running_first(self) -> date:
        return self._today - timedelta(days=RUNNING_SINCE)

    def _is_on(self, day: date, first: date) -> bool:
        return first <= day < first + timedelta(days=TRIAL_DAYS // 2)
