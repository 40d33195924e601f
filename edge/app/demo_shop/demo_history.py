"""The demo's history: months of supermarket trading, generated from a seed through ordinary commands.

Each business day is one commit with its own clock. Its journal entries are ordinary: sales, a void, refunds,
deliveries, waste, a shift with its count and a Z report.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal import settings_of as fiscal_settings
from edge.accounting.fiscal.commands import CloseFiscalPeriods, StartRegime
from edge.app.demo_shop import demo_no_show, demo_settlements
from edge.core import ids
from edge.core.clock import ClockReading
from edge.core.journal.projections import follow_together
from edge.core.limits import FOLLOW_TURNS
from edge.core.messages import Actor, Command, Done
from edge.core.storage.database import Connection, open_reader
from edge.core.transaction import command_hash, encode
from edge.core.writer import MaintenanceWrite, Request
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import LineSold, PrintReport, RefundSale, SellBasket, TenderGiven, VoidLastSale
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import CASHIER, anonymous_actor, system
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.queries import read_stock
from edge.lib.errors import EdgeError
from edge.operations.ledger import Ledger
from edge.ordering.orders.settings import OrdersSection
from edge.runtime.config import Config

DAYS, SEED, SALES_A_DAY = 90, 20261121, 40
WEEK = (0.85, 0.8, 0.9, 1.35, 1.25, 0.0, 0.95)
"""Sales of each weekday relative to the mean, from Monday. Thursday is busiest; the shop is closed on Saturday."""
EVERY_DAY = (*WEEK[:5], 0.9, WEEK[6])
"""Sales pattern with an open Saturday, so that the same day of the previous week always had sales."""
HOURS = {7: 2, 8: 5, 9: 4, 10: 4, 11: 4, 12: 6, 13: 6, 14: 4, 15: 4, 16: 5, 17: 8, 18: 9, 19: 6, 20: 3}
FIRST_SALES = 14
"""Sales of the current day, regardless of the time of day."""
SINCE_OPENED_US = 45 * 60_000_000
"""How long the shop has been open today, regardless of the time of day."""
RUNNING_SUMS = ("drawers", "periods")
FOLLOWED_S = 30
_FOLLOWED = """
    SELECT min(p.seq) >= (SELECT max(seq) FROM journal WHERE type IN ('SaleCompleted', 'StockMoved'))
    FROM projection p WHERE p.name IN ('demand', 'figures')
"""
STAFF = (("yael", "Yael", "7391"), ("omer", "Omer", "8264"))
"""Cashiers by shift, the first until the afternoon: ids, names and PINs."""
SECOND_TURN_MIN = 14 * 60
COVER_DAYS = 13
"""Days that a delivery should last. Sometimes a product runs out before."""
CATEGORIES: tuple[tuple[int, str, dict[str, str], float], ...] = (
    (1000, "dairy", {"en": "Dairy and eggs", "fr": "Crèmerie et œufs", "he": "חלב וביצים"}, 1.6),
    (2000, "bakery", {"en": "Bakery", "fr": "Boulangerie", "he": "מאפים"}, 1.5),
    (3000, "pantry", {"en": "Pantry", "fr": "Épicerie", "he": "מזווה"}, 0.8),
    (4000, "snacks", {"en": "Sweets and snacks", "fr": "Douceurs et biscuits", "he": "חטיפים ומתוקים"}, 1.0),
    (5000, "frozen", {"en": "Frozen", "fr": "Surgelés", "he": "קפואים"}, 0.5),
    (6000, "drinks", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"}, 1.3),
    (7000, "bar", {"en": "Bar", "fr": "Bar", "he": "בר"}, 0.6),
    (8000, "produce", {"en": "Fruit and vegetables", "fr": "Fruits et légumes", "he": "פירות וירקות"}, 1.4),
    (9000, "counter", {"en": "Counter", "fr": "Traiteur", "he": "מעדנייה"}, 0.5),
    (9500, "household", {"en": "Household", "fr": "Maison", "he": "לבית"}, 0.35),
)


class PastClock:
    """A manually set clock. It has its own boot id, so that its readings aren't mistaken for this machine's."""

    def __init__(self) -> None:
        self.at_us = 0

    def put(self, at_us: int, db: Connection) -> None:
        """Set the clock between the commands of a commit."""
        self.at_us = at_us

    def read(self) -> ClockReading:
        return ClockReading(self.at_us, self.at_us, b"demo of the past")


class GoodsSold(msgspec.Struct, frozen=True):
    """Products of a shop: its `categories` (empty: a supermarket's, by number), the most lines per sale, the minimum
    age checked, and the hour when it `opens`."""

    categories: tuple[Category, ...] = ()
    lines_most: int = 12
    age: int = 18
    opens: int = 0


SUPERMARKET = GoodsSold()


class PastShop:
    """A ledger to be filled with past days."""

    def __init__(
        self,
        config: Config,
        products: Sequence[Product],
        seed: int = SEED,
        goods: GoodsSold = SUPERMARKET,
        week: Sequence[float] = WEEK,
    ) -> None:
        self._clock = PastClock()
        self._week = week
        self._sold = goods
        self._config = config
        self._zone = ZoneInfo(config.store.zone)
        self._random = random.Random(seed)  # nosec B311
        self._goods = [product for product in products if product.price_minor]
        self._rates = [self._rate(product) for product in self._goods]
        self._places = list(accumulate(self._rates))
        self._drawn = self._places
        self._ledger: Ledger | None = None
        self._number = 0
        self._last_open: list[date] = []
        self._missed = ""
        self._card_days: list[date] = []
        self._paid: list[demo_settlements.Paid] = []

    def live(self, first: date, days: int, sales: int, now_us: int = 0) -> None:
        """Trade for `days` days from `first`, and on the next day until `now_us` (0: not on that day)."""
        self._clock.at_us = self._at(first, 5, 0)
        self._ledger = Ledger(self._config, self._clock)
        self._ledger.db.execute("PRAGMA synchronous = OFF")  # if a power cut loses data, --fresh creates it again
        try:
            self._furnish()
            dates = [first + timedelta(days=n) for n in range(days)]
            open_days = [day for day in dates if self._week[day.weekday()]]
            self._last_open, self._card_days = open_days[-3:], open_days[-6:-3]
            for n, day in enumerate(dates):
                self._day(day, sales * (1 + 0.001 * n))
            if now_us:
                self._begin_day(first + timedelta(days=days), sales, now_us)
            self._run([MaintenanceWrite(_mark_printed)])
        finally:
            self._ledger.close()

    def _furnish(self) -> None:
        categories = self._sold.categories or tuple(Category(id, names) for _, id, names, _ in CATEGORIES)
        source = Source("demo")
        goods = tuple(
            Product(
                *(product.sku, product.names, product.codes, product.price_minor, product.tax_class, product.unit),
                product.min_age,
                category=category_of(product),
                attributes=product.attributes,
                cost_minor=round((product.price_minor or 0) * (0.55 + 0.2 * self._random.random())),
                box=6 if product.unit == "piece" else None,
            )
            for product in self._goods
        )
        for regime in fiscal_settings(self._config).regimes:
            self._do(system(), StartRegime(regime))
        for id, name, pin in STAFF:
            self._do(system(), SetUser(id, name, "cashier", hash_pin(pin)))
        self._do(system(), SetCategories(categories, source))
        for at in range(0, len(goods), 100):
            self._do(system(), SetProducts(goods[at : at + 100], source))
        self._deliver()

    def _day(self, day: date, sales: float) -> None:
        """One business day, in a single commit except the drawer count."""
        busy = self._week[day.weekday()]
        if not busy:
            return
        till = _cashier(SECOND_TURN_MIN)
        manager = till.with_rights("override", "refund_cash", "manage")
        self._clock.at_us = self._at(day, 6, 45)
        self._close_periods()
        self._do(_cashier(0), OpenShift(30_000))
        if day.weekday() in (6, 2):
            self._deliver()
        count = max(5, round(self._random.gauss(sales * busy, 4)))
        minutes = sorted(self._minute() for _ in range(count))
        requests, at_us = [], self._clock.at_us
        for minute in minutes:
            at_us = max(at_us + 1_000_000, self._at(day, 0, minute))
            requests.append((_cashier(minute), at_us, self._basket(day)))
        self._sell(till, requests)
        self._clock.at_us = max(self._clock.at_us + 1_000_000, self._at(day, 21, 5))
        self._orders(day)
        self._cards(day)
        if self._random.random() < 0.4:
            self._do(_cashier(SECOND_TURN_MIN), self._basket(day))
            self._do(manager, VoidLastSale("wrong customer"))
        self._waste()
        ledger = self._open_ledger
        expected = read_drawer(ledger.db, "1").expected_minor
        off = self._random.choice((0, 0, 0, 0, -10, 50, -200, -1000))
        self._do(_cashier(SECOND_TURN_MIN), CloseShift(max(0, expected + off)))
        self._do(manager, PrintReport("z"))
        self._sum_up()

    def _sum_up(self) -> None:
        """Update the running totals. Otherwise, each drawer count would add up all days since the first."""
        registry = self._open_ledger.registry
        sums = [registry.following(name) for name in RUNNING_SUMS]

        def follow(db: Connection) -> None:
            while any(step.behind for step in follow_together(db, registry, sums, FOLLOW_TURNS).values()):
                pass

        self._run([MaintenanceWrite(follow)])

    def _begin_day(self, day: date, sales: int, now_us: int) -> None:
        """Trade on `day` until `now_us`, and leave the shift open."""
        opened_us = max(self._at(day, 4, 1), min(self._at(day, 6, 45), now_us - SINCE_OPENED_US))
        self._clock.at_us = max(self._clock.at_us + 1_000_000, opened_us)
        self._close_periods()
        self._do(_cashier(0), OpenShift(30_000))
        first_us, last_us = self._clock.at_us + 60_000_000, max(self._clock.at_us + 120_000_000, now_us - 60_000_000)
        planned = (self._at(day, 0, self._minute()) for _ in range(sales))
        times = [at_us for at_us in planned if first_us < at_us < last_us]
        times += [self._random.randrange(first_us, last_us) for _ in range(FIRST_SALES - len(times))]
        midnight_us, requests, at_us = self._at(day, 0, 0), [], self._clock.at_us
        for planned_us in sorted(times):
            at_us = max(at_us + 1_000_000, planned_us)
            requests.append((_cashier((at_us - midnight_us) // 60_000_000), at_us, self._basket(day)))
        self._sell(_cashier(SECOND_TURN_MIN), requests)

    def _close_periods(self) -> None:
        """Run the automatic closings of tax laws, as each morning."""
        actor = msgspec.structs.replace(system(), register="1")
        while fiscal_settings(self._config).regimes and self._do(actor, CloseFiscalPeriods()):
            pass

    def _orders(self, day: date) -> None:
        """If a no-show fee is configured, create no-shows on the last three open days. The first order's fee is kept
        the day after; the second is left for staff to decide."""
        if day not in self._last_open or not self._config.of(OrdersSection).no_show_fee_minor:
            return
        staff = anonymous_actor("1").with_rights(*demo_no_show.RIGHTS)
        do = partial(self._do, staff)
        ordered = [one.sku for one in self._goods if (one.names or {})["en"] in demo_no_show.GOODS]
        self._do(system(), MoveStock("received", tuple(Moved(sku, 6000) for sku in ordered)))  # regardless of sales
        if not self._missed:
            self._missed = demo_no_show.place_paid_order(do, self._goods, "Ofer")
        elif day != self._last_open[-1]:
            demo_no_show.given_up(do, self._missed)
        else:
            demo_no_show.place_paid_order(do, self._goods, "Liat")

    def _cards(self, day: date) -> None:
        """Make card payments on two days, paid out on the following days, if there is a payment terminal."""
        has_terminal = any(one.role == "payment_terminal" and one.register == "1" for one in self._config.devices)
        if not has_terminal or len(self._card_days) < 3 or day not in self._card_days:
            return
        do, days = partial(self._do, msgspec.structs.replace(system(), register="1")), self._card_days
        before = self._paid
        if day != days[-1]:
            self._paid = [*before, *demo_settlements.paid_by_card(do, self._goods, day)]
        if day == days[-2]:
            demo_settlements.settle_in_full(do, before)
        elif day == days[-1]:
            demo_settlements.settle_with_faults(do, before[-3:], before[0])

    def _basket(self, day: date) -> SellBasket:
        lines: dict[str, int] = {}
        for _ in range(min(self._sold.lines_most, 1 + int(self._random.expovariate(0.35)))):
            product = self._random.choices(self._goods, cum_weights=self._drawn)[0]
            piece = product.unit == "piece"
            quantity = 1000 * self._random.choice((1, 1, 1, 2, 3)) if piece else self._random.randrange(200, 1800, 10)
            lines[product.sku] = lines.get(product.sku, 0) + quantity
        sold = tuple(LineSold(sku=sku, quantity=quantity) for sku, quantity in lines.items())
        kind: Literal["card", "cash"] = "card" if self._random.random() < 0.62 else "cash"
        return SellBasket(sold, (TenderGiven(kind),), age_checked=self._sold.age, print=False)

    def _sell(self, till: Actor, baskets: list[tuple[Actor, int, SellBasket]]) -> None:
        requests: list[Request | MaintenanceWrite] = []
        for cashier, at_us, basket in baskets:  # in one commit, each at its own moment
            requests += [MaintenanceWrite(partial(self._clock.put, at_us)), self._request(cashier, basket, at_us)]
        self._run(requests)
        if baskets and self._random.random() < 0.25:
            number = self._open_ledger.db.execute("SELECT max(number) FROM receipt WHERE register = '1'").fetchone()[0]
            self._do(till.with_rights("override", "refund", "refund_cash"), RefundSale(number, reason="changed mind"))

    def _deliver(self) -> None:
        """Deliver the quantities that will probably sell in the coming days; occasionally too few."""
        moves = []
        share = SALES_A_DAY * 3.4 / self._places[-1] * sum(self._week) / sum(WEEK)
        for product, rate in zip(self._goods, self._rates, strict=True):
            wanted = rate * share * COVER_DAYS * (1.35 if self._random.random() > 0.03 else 0.4)
            missing = math.ceil(wanted + 1) * 1000 - read_stock(self._open_ledger.db, product.sku)
            boxes = -(-missing // 6000)
            if missing > 0:
                moves.append(Moved(product.sku, boxes * 6000))
        if moves:
            self._do(system(), MoveStock("received", tuple(moves)))

    def _waste(self) -> None:
        moves = []
        for product in self._random.sample(self._goods, 6):
            if (
                _kind(product)[1] in ("dairy", "bakery", "produce")
                and read_stock(self._open_ledger.db, product.sku) > 2000
            ):
                moves.append(Moved(product.sku, -1000))
        if moves:
            self._do(system(), MoveStock("lost", tuple(moves)))

    def _rate(self, product: Product) -> float:
        return _kind(product)[3] * self._random.gammavariate(0.9, 1.0) + 0.02

    def _minute(self) -> int:
        hours = {hour: many for hour, many in HOURS.items() if hour >= self._sold.opens}
        hour = self._random.choices(list(hours), weights=list(hours.values()))[0]
        return hour * 60 + self._random.randrange(60)

    def _at(self, day: date, hour: int, minute: int) -> int:
        local = datetime(day.year, day.month, day.day, hour, tzinfo=self._zone) + timedelta(minutes=minute)
        return round(local.timestamp() * 1e6)

    @property
    def _open_ledger(self) -> Ledger:
        assert self._ledger is not None
        return self._ledger

    def _do(self, actor: Actor, command: Command) -> Any:
        """Execute one command in a separate commit and return its result. Raises `EdgeError` if it is refused."""
        return self._run([self._request(actor, command, self._clock.at_us)])[-1].result

    def _request(self, actor: Actor, command: Command, at_us: int) -> Request:
        spec = self._open_ledger.registry.commands[type(command)]
        self._number += 1
        id = ids.command_id(at_us, self._number.to_bytes(10, "big"))
        return Request(spec, command, actor, id, command_hash(command, encode(command)), True)

    def _run(self, requests: Iterable[Request | MaintenanceWrite]) -> list[Done]:
        """Return the outcomes of the commands. Outcomes given before the commit come first."""
        answers: list[object] = []
        durable = self._open_ledger.writer.run(list(requests), lambda _, answer: answers.append(answer))
        done: list[Done] = []
        for answer in [*answers, *(answer for _, answer in durable)]:
            if isinstance(answer, Done):
                done.append(answer)
            elif answer is not None:
                raise EdgeError(f"The demo's sales history couldn't be created: {answer}")
        return done


def _cashier(minute: int) -> Actor:
    """Cashier on duty at this minute of the day."""
    return Actor(STAFF[minute >= SECOND_TURN_MIN][0], "cashier", "1", CASHIER)


def category_of(product: Product) -> str:
    """The id of its category."""
    return product.category or _kind(product)[1]


def _kind(product: Product) -> tuple[int, str, dict[str, str], float]:
    number = int(product.sku) if product.sku.isdigit() else 0
    return max((one for one in CATEGORIES if one[0] <= max(number, 1000)), key=lambda one: one[0])


def _mark_printed(db: Connection) -> None:
    """Mark the receipts of past days as printed, so that the printer doesn't print them now."""
    db.execute("UPDATE print_job SET state = 'printed' WHERE state = 'queued'")


def live_through(
    config: Config,
    products: Sequence[Product],
    today: date,
    days: int = DAYS,
    sales: int = SALES_A_DAY,
    goods: GoodsSold = SUPERMARKET,
    week: Sequence[float] = WEEK,
    now_us: int = 0,
    kind: type[PastShop] = PastShop,
) -> None:
    """Fill a new ledger with the `days` before `today`, and with today until `now_us` (0: without today)."""
    kind(config, products, goods=goods, week=week).live(today - timedelta(days=days), days, sales, now_us)


async def await_following_tables(ledger: Path) -> None:
    """Wait up to half a minute for following tables to catch up with the journal."""
    with closing(open_reader(ledger)) as db:
        for _ in range(FOLLOWED_S * 10):
            if db.execute(_FOLLOWED).fetchone()[0]:
                return
            await asyncio.sleep(0.1)
