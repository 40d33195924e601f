"""Daily totals of the till's receipts and shifts, and of stock movements. Each kind of total, and its key:

all, sales, voids, refunds                    "" (the whole day)
product, register, person, tender, promotion  its id
quarter                                       number of the quarter-hour
drawer                                        register: differences found when its drawer was counted
override, cleared                             person: price overrides, cleared baskets
override_product, override_quarter            price overrides by product and time
refunds_register, refunds_product, refunds_quarter, refunds_person; the same for voids_
stock                                         "": changes of the stock's value at cost (below 0: losses)
waste_person, waste_quarter, waste_cause, waste_place, waste_product
apart                                         "": amounts in sales that aren't revenue (count: sales with nothing else)
undone                                        "": voided refunds
place, and place_ before sales, voids, refunds, stock, apart, undone: a location's share
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec

from edge.analytics.insight.events import AnomalyJudged, ReportMade
from edge.analytics.insight.paper_effects import (
    Costs,
    DayFigures,
    SaleEffect,
    by_tender,
    each_plus,
    refund_effect,
    returned_effect,
    reversed_effect,
    sale_effect,
    together,
    worth_of,
)
from edge.core.batch import AddedRows, RowBatch
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.reports.queries import QUARTER_US
from edge.counter.shifts.events import ShiftClosed
from edge.counter.till.events import BasketAbandoned, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.rules.day_totals import sells
from edge.goods.catalog.events import ProductSet
from edge.goods.catalog.queries import json_text
from edge.goods.stock.events import Move, ReceiptCorrected, SellingPlaceSet, StockMoved
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import average_after, average_with
from edge.lib.units.money import amount_minor

WASTE = ("lost", "waste", "wasted", "expired", "spoiled", "broken", "damaged", "theft")
_ADD = """
    INSERT INTO figure_day (kind, business_date, key, count, quantity, minor, net_minor, cost_minor, costed_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, business_date, key) DO UPDATE SET
        count = count + excluded.count, quantity = quantity + excluded.quantity, minor = minor + excluded.minor,
        net_minor = net_minor + excluded.net_minor, cost_minor = cost_minor + excluded.cost_minor,
        costed_minor = costed_minor + excluded.costed_minor
"""
_MOVE = """
    INSERT INTO figure_move (business_date, sku, reason, location, cause, quantity, cost_minor, costed, moves)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (business_date, sku, reason, location, cause) DO UPDATE SET
        quantity = quantity + excluded.quantity, cost_minor = cost_minor + excluded.cost_minor,
        costed = min(costed, excluded.costed), moves = moves + excluded.moves
"""
_PLACE = "SELECT location FROM figure_place WHERE register = ?"
_AVERAGE = "SELECT average_micro FROM figure_cost WHERE sku = ?"
_AVERAGED = """
    INSERT INTO figure_cost (sku, average_micro) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET average_micro = ?2
"""
_HOLD = """
    INSERT INTO figure_held (sku, location, on_hand, worth_minor) VALUES (?, ?, ?, ?)
    ON CONFLICT (sku, location) DO UPDATE SET on_hand = excluded.on_hand, worth_minor = excluded.worth_minor
"""
_HELD = """
    SELECT h.sku, h.location, h.on_hand, h.worth_minor FROM json_each(?) j JOIN figure_held h ON h.sku = j.value
"""
_STATED = """
    INSERT INTO figure_cost (sku, cost_minor) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET cost_minor = ?2
"""
_JUDGED = (
    "INSERT OR REPLACE INTO anomaly_judged (kind, key, business_date, is_right, by, at_us) VALUES (?, ?, ?, ?, ?, ?)"
)
_NEWEST = "INSERT OR REPLACE INTO figure_newest (register, body) VALUES (?, ?)"
_MADE = "INSERT OR IGNORE INTO report_made (kind, first_date, last_date, made_us, body) VALUES (?, ?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode


_decode = msgspec.json.Decoder(SaleEffect).decode


class _Held(msgspec.Struct):
    """A product's stock at a location and its value in the totals."""

    on_hand: int = 0
    worth_minor: int = 0


class _Figures(RowBatch):
    """The figures of a turn. Their inputs are read once for all its products together."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.costs = Costs(db)
        self.remember(self.costs.known)
        self._rows = AddedRows(_ADD)
        self._moves: dict[tuple[str, str, str, str, str], tuple[int, int, int, int]] = {}
        self._held: dict[str, dict[str, _Held]] = self.remember({})
        self._held_changed: set[tuple[str, str]] = set()
        self._newest: dict[str, SaleEffect | None] = self.remember({})
        self._newest_changed: set[str] = set()
        self._places: dict[str, str] = self.remember({})

    def prepare(self, facts: Iterable[RecordedEvent]) -> None:
        sold, moved = set[str](), set[str]()
        for event in (fact.event for fact in facts):
            if isinstance(event, SaleCompleted):
                sold.update(line.sku for line in event.lines)
            elif isinstance(event, StockMoved):
                moved.update(move.sku for move in event.moves)
        self.costs.load(sold | moved)
        self.load_held(moved)

    def flush(self) -> None:
        db = self.db
        self._rows.flush(db)
        db.executemany(_MOVE, [(*key, *self._moves[key]) for key in sorted(self._moves)])
        held = [(sku, place, self._held[sku][place]) for sku, place in sorted(self._held_changed)]
        db.executemany(_HOLD, [(sku, place, one.on_hand, one.worth_minor) for sku, place, one in held])
        newest = [(register, bytearray(_encode(self._newest[register]))) for register in sorted(self._newest_changed)]
        db.executemany(_NEWEST, newest)
        self._moves.clear()
        self._held_changed.clear()
        self._newest_changed.clear()

    def add(self, day: str, rows: Iterable[tuple[str, str, DayFigures]]) -> None:
        for kind, key, figures in rows:
            self._rows.add((kind, day, key), figures.values)

    def move(self, key: tuple[str, str, str, str, str], quantity: int, paid_minor: int | None) -> None:
        """Add a movement, with the cost of the goods if known."""
        had = self._moves.get(key, (0, 0, 1, 0))
        known = min(had[2], int(paid_minor is not None))
        self._moves[key] = (had[0] + quantity, had[1] + (paid_minor or 0), known, had[3] + 1)

    def load_held(self, skus: Iterable[str]) -> None:
        """Read the stock of several products together."""
        if missing := {sku for sku in skus if sku not in self._held}:
            self._held.update((sku, {}) for sku in missing)
            for sku, place, on_hand, worth_minor in self.db.execute(_HELD, (json_text(missing),)).fetchall():
                self._held[sku][place] = _Held(on_hand, worth_minor)

    def on_hand(self, sku: str) -> int:
        """A product's stock at all locations."""
        self.load_held((sku,))
        return sum(one.on_hand for one in self._held[sku].values())

    def hold(self, sku: str, place: str, delta: int) -> None:
        """Change a loaded product's stock at a location."""
        places = self._held[sku]
        if (one := places.get(place)) is None:
            one = places[place] = _Held()
        one.on_hand += delta
        self._held_changed.add((sku, place))

    def revalue(self, skus: Iterable[str], moved: Collection[tuple[str, str]] = ()) -> list[tuple[str, int]]:
        """Changes in stock value by location, from `moved` goods and from changed unit costs of loaded products.

        The total therefore always equals stock on hand at current cost.
        """
        skus = sorted(skus)
        changes = []
        for sku in skus:
            cost = self.costs.of(sku)
            for place, one in sorted(self._held[sku].items()):
                was, one.worth_minor = one.worth_minor, worth_of(cost, one.on_hand) or 0
                if one.worth_minor != was:
                    self._held_changed.add((sku, place))
                if one.worth_minor != was or (sku, place) in moved:
                    changes.append((place, one.worth_minor - was))
        return changes

    def newest(self, register: str) -> SaleEffect | None:
        """The effect of the register's newest receipt, which can still be voided."""
        if register not in self._newest:
            found = self.db.execute("SELECT body FROM figure_newest WHERE register = ?", (register,)).fetchone()
            self._newest[register] = _decode(found[0]) if found else None
        return self._newest[register]

    def keep_newest(self, register: str, effect: SaleEffect) -> None:
        self._newest[register] = effect
        self._newest_changed.add(register)

    def place(self, register: str) -> str:
        """The location a register sells from."""
        if register not in self._places:
            found = self.db.execute(_PLACE, (register,)).fetchone()
            self._places[register] = found[0] if found else MAIN
        return self._places[register]

    def sell_from(self, register: str, location: str) -> None:
        sql = "INSERT OR REPLACE INTO figure_place (register, location) VALUES (?, ?)"
        self.db.execute(sql, (register, location))
        self._places[register] = location


def _count_sale(batch: _Figures, fact: RecordedEvent, event: SaleCompleted) -> None:
    """Count a sale; an exchange also counts as a refund, as in the register's Z report."""
    effect = sale_effect(batch.costs, event)
    _count(batch, fact, "sales", effect, int(sells(event)))
    batch.add(fact.business_date, _non_revenue_rows(batch, fact, effect.apart, 1))
    if event.returns:
        came_back = returned_effect(batch.db, batch.costs, event)
        _count(batch, fact, "refunds", came_back)
        effect = msgspec.structs.replace(together(effect, came_back), returned=-came_back.whole.minor)
    overridden = sum(line.listed_minor is not None for line in event.lines)
    if overridden:
        batch.add(fact.business_date, _overridden(fact, event, overridden))
    batch.keep_newest(fact.register, msgspec.structs.replace(effect, number=event.number))


def _overridden(fact: RecordedEvent, event: SaleCompleted, count: int) -> list[tuple[str, str, DayFigures]]:
    products = (line.sku for line in event.lines if line.listed_minor is not None)
    quarter = str(fact.at_us // QUARTER_US)
    return [
        ("override", fact.actor, DayFigures(count)),
        ("override_quarter", quarter, DayFigures(count)),
        *(("override_product", sku, DayFigures(1)) for sku in products),
    ]


def _count_refund(batch: _Figures, fact: RecordedEvent, event: SaleRefunded) -> None:
    effect = refund_effect(batch.db, batch.costs, event)
    _count(batch, fact, "refunds", effect)
    batch.keep_newest(fact.register, msgspec.structs.replace(effect, number=event.number))


def _count_void(batch: _Figures, fact: RecordedEvent, event: SaleVoided) -> None:
    newest, day = batch.newest(fact.register), fact.business_date
    effect = reversed_effect(newest) if newest else SaleEffect(DayFigures(0, 0, -event.total_minor), {}, {}, {})
    _count(batch, fact, "voids", effect)
    if event.undoes == "refund":
        whole = msgspec.structs.replace(effect.whole, count=1)
        batch.add(day, _with_place(batch, fact, "undone", whole))
        return
    if newest:
        batch.add(day, _non_revenue_rows(batch, fact, newest.apart, -1))
    if newest and newest.returned:
        batch.add(day, _with_place(batch, fact, "undone", DayFigures(0, 0, newest.returned)))


def _count_correction(batch: _Figures, fact: RecordedEvent, event: TenderCorrected) -> None:
    """Apply a corrected payment of a sale: the sale's total changes by the difference in cash rounding."""
    was = by_tender(event.was, event.was_change_minor)
    tenders = each_plus({kind: one.negative for kind, one in was.items()}, by_tender(event.tenders))
    effect = SaleEffect(DayFigures(0, 0, event.more_minor), {}, tenders, {})
    _count(batch, fact, "sales", effect)
    newest = batch.newest(fact.register)
    if newest and newest.number == event.sale:
        batch.keep_newest(fact.register, together(newest, effect))


def _non_revenue_rows(
    batch: _Figures, fact: RecordedEvent, apart: DayFigures, sign: int
) -> list[tuple[str, str, DayFigures]]:
    """Rows for amounts that aren't revenue, in total and by location; empty if there are none."""
    signed = DayFigures(sign * apart.count, 0, sign * apart.minor)
    return _with_place(batch, fact, "apart", signed) if signed != DayFigures() else []


def _with_place(
    batch: _Figures, fact: RecordedEvent, kind: str, figures: DayFigures
) -> list[tuple[str, str, DayFigures]]:
    return [(kind, "", figures), (f"place_{kind}", batch.place(fact.register), figures)]


def _count(batch: _Figures, fact: RecordedEvent, kind: str, effect: SaleEffect, count: int = 0) -> None:
    """Add a receipt's effect to the day's totals.

    `count`: whether it counts as a receipt of its hour, person and register, as in the day's report; a receipt that
    only sells a gift card doesn't.
    """
    quarter = str(fact.at_us // QUARTER_US)
    whole = msgspec.structs.replace(effect.whole, count=count)
    own = effect.whole if kind == "sales" else msgspec.structs.replace(whole, count=1)
    place = batch.place(fact.register)
    rows = [
        *(("all", "", whole), (kind, "", own), ("quarter", quarter, whole)),
        *(("place", place, whole), (f"place_{kind}", place, own)),
        *(("register", fact.register, whole), ("person", fact.actor, whole)),
        *(("product", sku, one) for sku, one in effect.products.items()),
        *(("tender", key, one) for key, one in effect.tenders.items()),
        *(("promotion", key, one) for key, one in effect.promotions.items()),
    ]
    if kind != "sales":
        rows += [(f"{kind}_register", fact.register, own), (f"{kind}_quarter", quarter, own)]
        rows += [(f"{kind}_person", fact.actor, own)]
        rows += [(f"{kind}_product", sku, one) for sku, one in effect.products.items()]
    batch.add(fact.business_date, rows)


def _count_cleared_basket(batch: _Figures, fact: RecordedEvent, event: BasketAbandoned) -> None:
    batch.add(fact.business_date, [("cleared", fact.actor, DayFigures(1, 0, event.total_minor))])


def _shift(batch: _Figures, fact: RecordedEvent, event: ShiftClosed) -> None:
    batch.add(fact.business_date, [("drawer", fact.register, DayFigures(1, 0, event.difference_minor))])


def _count_moves(batch: _Figures, fact: RecordedEvent, event: StockMoved) -> None:
    day, wasted, places, products = fact.business_date, 0, defaultdict[str, int](int), list[tuple[str, DayFigures]]()
    skus = {move.sku for move in event.moves}
    batch.costs.load(skus)
    batch.load_held(skus)
    for move in event.moves:
        if event.unit_cost_minor is not None and move.delta > 0:
            paid: int | None = _receive_at_cost(batch, move, event.unit_cost_minor)
        else:
            paid = worth_of(batch.costs.of(move.sku), abs(move.delta))
        batch.hold(move.sku, move.location, move.delta)
        signed = paid if paid is None or move.delta > 0 else -paid
        is_waste = event.reason.startswith(WASTE) and move.delta < 0
        cause = event.cause if is_waste else ""
        batch.move((day, move.sku, event.reason, move.location, cause), move.delta, signed)
        if is_waste:
            wasted += paid or 0
            places[move.location] += paid or 0
            products.append((move.sku, DayFigures(1, -move.delta, paid or 0)))
    rows = _worth_rows(batch.revalue(skus, {(move.sku, move.location) for move in event.moves}))
    rows += [("waste_product", sku, one) for sku, one in products]
    if products:  # counted even if the cost is unknown
        quarter = str(fact.at_us // QUARTER_US)
        rows += [
            ("waste_person", fact.actor, DayFigures(1, 0, wasted)),
            ("waste_quarter", quarter, DayFigures(1, 0, wasted)),
            ("waste_cause", event.cause or event.reason, DayFigures(1, 0, wasted)),
            *(("waste_place", place, DayFigures(1, 0, cost)) for place, cost in sorted(places.items())),
        ]
    batch.add(day, rows)


def _receive_at_cost(batch: _Figures, move: Move, unit_cost_minor: int) -> int:
    """The value of goods received with a cost. Only such receipts change the average cost."""
    (average,) = batch.db.execute(_AVERAGE, (move.sku,)).fetchone() or (None,)
    _set_average(batch, move.sku, average_after(average, batch.on_hand(move.sku), move.delta, unit_cost_minor))
    return amount_minor(unit_cost_minor, move.delta)


def _set_average(batch: _Figures, sku: str, average_micro: int | None) -> None:
    batch.db.execute(_AVERAGED, (sku, average_micro))
    batch.costs.forget(sku)


def _worth_rows(changes: Iterable[tuple[str, int]]) -> list[tuple[str, str, DayFigures]]:
    """Rows for changes in the value of all goods, in total and by location."""
    places: dict[str, list[int]] = {}
    for place, minor in changes:
        places.setdefault(place, []).append(minor)
    rows = [("place_stock", place, DayFigures(len(ones), 0, sum(ones))) for place, ones in sorted(places.items())]
    whole = [minor for ones in places.values() for minor in ones]
    return [("stock", "", DayFigures(len(whole), 0, sum(whole))), *rows] if whole else []


def _receipt_corrected(batch: _Figures, fact: RecordedEvent, event: ReceiptCorrected) -> None:
    (average,) = batch.db.execute(_AVERAGE, (event.sku,)).fetchone() or (None,)
    _set_average(batch, event.sku, average_with(average, batch.on_hand(event.sku), event.value_milli))
    batch.add(fact.business_date, _worth_rows(batch.revalue((event.sku,))))


def _selling_place(batch: _Figures, fact: RecordedEvent, event: SellingPlaceSet) -> None:
    batch.sell_from(event.register, event.location)


def _product(batch: _Figures, fact: RecordedEvent, event: ProductSet) -> None:
    product = event.product
    costs = [supply.cost_minor for supply in product.supplies or () if supply.cost_minor is not None]
    cost = product.cost_minor if product.cost_minor is not None else min(costs, default=None)
    batch.db.execute(_STATED, (product.sku, cost))
    batch.costs.forget(product.sku)
    batch.load_held((product.sku,))
    batch.add(fact.business_date, _worth_rows(batch.revalue((product.sku,))))


def _save_judgement(db: Connection, fact: RecordedEvent, event: AnomalyJudged) -> None:
    db.execute(_JUDGED, (event.kind, event.key, event.day, int(event.is_right), fact.actor, fact.at_us))


figures = Projector(
    name="figures",
    version=3,
    tables=("figure_day", "figure_move", "figure_newest", "figure_cost", "figure_held", "figure_place"),
    on={
        SaleCompleted: _count_sale,
        SaleVoided: _count_void,
        SaleRefunded: _count_refund,
        TenderCorrected: _count_correction,
        BasketAbandoned: _count_cleared_basket,
        ShiftClosed: _shift,
        StockMoved: _count_moves,
        ReceiptCorrected: _receipt_corrected,
        SellingPlaceSet: _selling_place,
        ProductSet: _product,
    },
    strict=False,
    batch=_Figures,
)


def _save_report(db: Connection, fact: RecordedEvent, event: ReportMade) -> None:
    db.execute(_MADE, (event.kind, event.first, event.last, fact.at_us, event.body))


reports_made = Projector(name="reports_made", version=1, tables=("report_made",), on={ReportMade: _save_report})
judgements = Projector(
    name="anomalies_judged", version=1, tables=("anomaly_judged",), on={AnomalyJudged: _save_judgement}
)
