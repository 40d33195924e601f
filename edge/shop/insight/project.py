"""The till's papers, shifts and moves of goods to sums by day. The kinds of sums, and what their keys are:

all, sales, voids, refunds   ""                    product      sku
quarter                      a quarter of an hour  register, person, tender, promotion   which
drawer                       register: what counts of its drawer were off by
override, cleared            person: prices that were changed, baskets that were cleared away
stock                        "": what the goods on hand became worth more, at what they cost; below 0: less
waste_person, waste_quarter, waste_cause, waste_place, waste_product    who wasted, when, why, where, and what
refunds_register, refunds_product, refunds_quarter; voids_ and override_ the same: where, of what, and when
place, place_sales, place_voids, place_refunds, place_stock    the place: of `all` and the others, what is of it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from fractions import Fraction

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.lib.units.money import amount_minor, divide_half_up
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.catalog.events import ProductSet
from edge.shop.catalog.product import BundlePart
from edge.shop.insight.events import AnomalyJudged, ReportMade
from edge.shop.reports.queries import QUARTER_US
from edge.shop.shifts.events import ShiftClosed
from edge.shop.stock.costs import MICRO, average_after, average_with
from edge.shop.stock.events import MAIN, Move, ReceiptCorrected, SellingPlaceSet, StockMoved
from edge.shop.till.events import BasketAbandoned, SaleCompleted, SaleRefunded, SaleVoided
from edge.shop.till.rules.day_totals import RecordedLine, sells
from edge.shop.till.rules.taxed_total import Taxation, worth

FULL = 100_000
WASTE = ("lost", "waste", "wasted", "expired", "spoiled", "broken", "damaged", "theft")
_ADD = """
    INSERT INTO figure_day VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, business_date, key) DO UPDATE SET
        count = count + excluded.count, quantity = quantity + excluded.quantity, minor = minor + excluded.minor,
        net_minor = net_minor + excluded.net_minor, cost_minor = cost_minor + excluded.cost_minor,
        costed_minor = costed_minor + excluded.costed_minor
"""
_MOVE = """
    INSERT INTO figure_move VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (business_date, sku, reason, location) DO UPDATE SET
        quantity = quantity + excluded.quantity, cost_minor = cost_minor + excluded.cost_minor,
        costed = min(costed, excluded.costed)
"""
_PLACE = "SELECT location FROM figure_place WHERE register = ?"
_COST = "SELECT coalesce(average_micro, cost_minor * 1000000) FROM figure_cost WHERE sku = ?"
_AVERAGE = """
    SELECT (SELECT average_micro FROM figure_cost WHERE sku = ?1), coalesce(sum(on_hand), 0)
    FROM figure_held WHERE sku = ?1
"""
_AVERAGED = """
    INSERT INTO figure_cost (sku, average_micro) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET average_micro = ?2
"""
_HOLD = """
    INSERT INTO figure_held VALUES (?1, ?2, ?3, 0) ON CONFLICT (sku, location) DO UPDATE SET on_hand = on_hand + ?3
"""
_HELD = "SELECT location, on_hand, worth_minor FROM figure_held WHERE sku = ? ORDER BY location"
_WORTH = "UPDATE figure_held SET worth_minor = ? WHERE sku = ? AND location = ?"
_STATED = """
    INSERT INTO figure_cost (sku, cost_minor) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET cost_minor = ?2
"""
_JUDGED = "INSERT OR REPLACE INTO anomaly_judged VALUES (?, ?, ?, ?, ?, ?)"
_MADE = "INSERT OR IGNORE INTO report_made VALUES (?, ?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode


class DayFigures(msgspec.Struct, frozen=True, array_like=True):
    """What is added to a row: see `figure_day`."""

    count: int = 0
    quantity: int = 0
    minor: int = 0
    net: int = 0
    cost: int = 0
    costed: int = 0

    def plus(self, other: DayFigures) -> DayFigures:
        return DayFigures(*(a + b for a, b in zip(self._all, other._all, strict=True)))

    @property
    def negative(self) -> DayFigures:
        """What takes it back: how often something happened stays."""
        return DayFigures(0, *(-value for value in self._all[1:]))

    @property
    def _all(self) -> tuple[int, int, int, int, int, int]:
        return self.count, self.quantity, self.minor, self.net, self.cost, self.costed


class SaleEffect(msgspec.Struct, frozen=True, array_like=True):
    """A sale as it counted: in all, by product, by tender, by promotion."""

    whole: DayFigures
    products: dict[str, DayFigures]
    tenders: dict[str, DayFigures]
    promotions: dict[str, DayFigures]


_decode = msgspec.json.Decoder(SaleEffect).decode


def _sold(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    effect = _effect(db, event, event.total_minor + event.rounding_minor)
    _count(db, fact, "sales", effect)
    overridden = sum(line.listed_minor is not None for line in event.lines)
    if overridden:
        _add(db, fact.business_date, _overridden(fact, event, overridden))
    db.execute("INSERT OR REPLACE INTO figure_newest VALUES (?, ?)", (fact.register, bytearray(_encode(effect))))


def _overridden(fact: RecordedEvent, event: SaleCompleted, count: int) -> list[tuple[str, str, DayFigures]]:
    products = (line.sku for line in event.lines if line.listed_minor is not None)
    quarter = str(fact.at_us // QUARTER_US)
    return [
        ("override", fact.actor, DayFigures(count)),
        ("override_quarter", quarter, DayFigures(count)),
        *(("override_product", sku, DayFigures(1)) for sku in products),
    ]


def _refunded(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    _count(db, fact, "refunds", _turned(_effect(db, event, event.paid_minor)))


def _voided(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    found = db.execute("SELECT body FROM figure_newest WHERE register = ?", (fact.register,)).fetchone()
    effect = _turned(_decode(found[0])) if found else SaleEffect(DayFigures(0, 0, -event.total_minor), {}, {}, {})
    _count(db, fact, "voids", effect)


def _turned(effect: SaleEffect) -> SaleEffect:
    def turn(figures: dict[str, DayFigures]) -> dict[str, DayFigures]:
        return {key: one.negative for key, one in figures.items()}

    return SaleEffect(effect.whole.negative, turn(effect.products), turn(effect.tenders), turn(effect.promotions))


def _no_revenue(lines: Iterable[RecordedLine]) -> int:
    """What is no revenue of lines: tips, loads, money that was paid ahead."""
    return sum(line.amount_minor for line in lines if not line.is_revenue)


def _effect(db: Connection, event: SaleCompleted | SaleRefunded, minor: int) -> SaleEffect:
    """A paper's sums. A line's net is worked out by itself; the paper's own net is what counts in all, without what is
    no revenue."""
    rates = {}
    if isinstance(event, SaleCompleted) and event.tax:
        rates = {one.id: sum(rate.rate for rate in one.rates) for one in event.tax.classes}
    else:
        of_paper = sum(tax.net_minor for tax in event.taxes)
        rates = {"": FULL * sum(tax.tax_minor for tax in event.taxes) // of_paper if of_paper else 0}
    products: dict[str, DayFigures] = defaultdict(DayFigures)
    promotions: dict[str, DayFigures] = defaultdict(DayFigures)
    cost = costed = 0
    for line in event.lines:
        if line.voided or not line.is_revenue:
            continue
        rate = rates.get(line.tax_class, rates.get("", 0)) if event.taxes_included else 0
        net = divide_half_up(line.amount_minor * FULL, FULL + rate)
        if isinstance(event, SaleCompleted) and event.tax and event.tax_ahead:
            plain = msgspec.structs.replace(line, deposit_minor=0)
            net = worth((plain,), Taxation(event.tax, event.tax_ahead)).net_minor
        paid = cost_of(db, line.sku, line.goods)
        if paid is None and line.parts:
            paid = _cost_of_parts(db, line.parts, line.goods)
        known = paid is not None
        products[line.sku] = products[line.sku].plus(
            DayFigures(1, line.goods, line.amount_minor, net, paid or 0, net if known else 0)
        )
        cost, costed = cost + (paid or 0), costed + (net if known else 0)
        for off in line.discounts:
            promotions[off.promotion] = promotions[off.promotion].plus(DayFigures(1, line.goods, off.minor))
    tenders: dict[str, DayFigures] = defaultdict(DayFigures)
    for tender in event.tenders:
        tenders[tender.kind] = tenders[tender.kind].plus(DayFigures(1, 0, tender.amount_minor))
    if change := getattr(event, "change_minor", 0):
        tenders["cash"] = tenders["cash"].plus(DayFigures(0, 0, -change))
    back = event.returned if isinstance(event, SaleCompleted) else ()
    net_minor = event.net_minor - _no_revenue(event.lines) + _no_revenue(back)
    count = int(not isinstance(event, SaleCompleted) or sells(event))
    whole = DayFigures(count, 0, minor, net_minor, cost, costed)
    return SaleEffect(whole, dict(products), dict(tenders), dict(promotions))


def cost_of(db: Connection, sku: str, quantity: int) -> int | None:
    """What so much of a product costs now: by the average of what came in at a cost, else as the catalogue says."""
    (micro,) = db.execute(_COST, (sku,)).fetchone() or (None,)
    return None if micro is None else divide_half_up(micro * quantity, THOUSANDTHS * MICRO)


def _cost_of_parts(db: Connection, parts: tuple[BundlePart, ...], quantity: int) -> int | None:
    """What so much of a bundle costs that has no cost of its own. None: that of a part is not known."""
    total = Fraction(0)
    for part in parts:
        (micro,) = db.execute(_COST, (part.sku,)).fetchone() or (None,)
        if micro is None or not part.whole:
            return None
        total += Fraction(micro * part.quantity * quantity, part.whole * THOUSANDTHS * MICRO)
    return divide_half_up(total.numerator, total.denominator)


def _count(db: Connection, fact: RecordedEvent, kind: str, effect: SaleEffect) -> None:
    whole = effect.whole
    quarter = str(fact.at_us // QUARTER_US)
    own = whole if kind == "sales" else msgspec.structs.replace(whole, count=1)
    found = db.execute(_PLACE, (fact.register,)).fetchone()
    place = found[0] if found else MAIN
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
        rows += [(f"{kind}_product", sku, one) for sku, one in effect.products.items()]
    _add(db, fact.business_date, rows)


def _add(db: Connection, day: str, rows: Iterable[tuple[str, str, DayFigures]]) -> None:
    db.executemany(
        _ADD, [(kind, day, key, f.count, f.quantity, f.minor, f.net, f.cost, f.costed) for kind, key, f in rows]
    )


def _cleared(db: Connection, fact: RecordedEvent, event: BasketAbandoned) -> None:
    _add(db, fact.business_date, [("cleared", fact.actor, DayFigures(1, 0, event.total_minor))])


def _shift(db: Connection, fact: RecordedEvent, event: ShiftClosed) -> None:
    _add(db, fact.business_date, [("drawer", fact.register, DayFigures(1, 0, event.difference_minor))])


def _moved(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    day, wasted, places, products = fact.business_date, 0, defaultdict[str, int](int), list[tuple[str, DayFigures]]()
    for move in event.moves:
        paid = _paid(db, move, event.unit_cost_minor)
        signed = (paid or 0) * (1 if move.delta > 0 else -1)
        known = int(paid is not None)
        db.execute(_MOVE, (day, move.sku, event.reason, move.location, move.delta, signed, known))
        if event.reason.startswith(WASTE) and move.delta < 0:
            wasted += paid or 0
            places[move.location] += paid or 0
            products.append((move.sku, DayFigures(1, -move.delta, paid or 0)))
    for sku in sorted({move.sku for move in event.moves}):
        _value(db, day, sku, {move.location for move in event.moves if move.sku == sku})
    rows = [("waste_product", sku, one) for sku, one in products]
    if wasted:
        quarter = str(fact.at_us // QUARTER_US)
        rows += [
            ("waste_person", fact.actor, DayFigures(1, 0, wasted)),
            ("waste_quarter", quarter, DayFigures(1, 0, wasted)),
            ("waste_cause", event.cause or event.reason, DayFigures(1, 0, wasted)),
            *(("waste_place", place, DayFigures(1, 0, cost)) for place, cost in sorted(places.items())),
        ]
    _add(db, day, rows)


def _paid(db: Connection, move: Move, unit_cost_minor: int | None) -> int | None:
    """What moved goods cost; what comes in at a cost changes the average, and nothing else does."""
    average, on_hand = db.execute(_AVERAGE, (move.sku,)).fetchone()
    paid = cost_of(db, move.sku, abs(move.delta))
    if unit_cost_minor is not None and move.delta > 0:
        average = average_after(average, on_hand, move.delta, unit_cost_minor)
        paid = amount_minor(unit_cost_minor, move.delta)
        db.execute(_AVERAGED, (move.sku, average))
    db.execute(_HOLD, (move.sku, move.location, move.delta))
    return paid


def _value(db: Connection, day: str, sku: str, moved: Collection[str] = ()) -> None:
    """Write down by how much the goods at each place became worth more: where some `moved`, and wherever a unit costs
    something else now. So the sum of it is what is on hand, at what it costs, at any time."""
    rows = []
    for place, on_hand, was in db.execute(_HELD, (sku,)).fetchall():
        worth = cost_of(db, sku, on_hand) or 0
        if worth != was:
            db.execute(_WORTH, (worth, sku, place))
        if worth != was or place in moved:
            more = DayFigures(1, 0, worth - was)
            rows += [("stock", "", more), ("place_stock", place, more)]
    _add(db, day, rows)


def _receipt_corrected(db: Connection, fact: RecordedEvent, event: ReceiptCorrected) -> None:
    average, on_hand = db.execute(_AVERAGE, (event.sku,)).fetchone()
    db.execute(_AVERAGED, (event.sku, average_with(average, on_hand, event.value_milli)))
    _value(db, fact.business_date, event.sku)


def _selling_place(db: Connection, fact: RecordedEvent, event: SellingPlaceSet) -> None:
    db.execute("INSERT OR REPLACE INTO figure_place VALUES (?, ?)", (event.register, event.location))


def _product(db: Connection, fact: RecordedEvent, event: ProductSet) -> None:
    product = event.product
    costs = [supply.cost_minor for supply in product.supplies or () if supply.cost_minor is not None]
    cost = product.cost_minor if product.cost_minor is not None else min(costs, default=None)
    db.execute(_STATED, (product.sku, cost))
    _value(db, fact.business_date, product.sku)


def _judged(db: Connection, fact: RecordedEvent, event: AnomalyJudged) -> None:
    db.execute(_JUDGED, (event.kind, event.key, event.day, int(event.is_right), fact.actor, fact.at_us))


figures = Projector(
    name="figures",
    version=8,
    tables=("figure_day", "figure_move", "figure_newest", "figure_cost", "figure_held", "figure_place"),
    on={
        SaleCompleted: _sold,
        SaleVoided: _voided,
        SaleRefunded: _refunded,
        BasketAbandoned: _cleared,
        ShiftClosed: _shift,
        StockMoved: _moved,
        ReceiptCorrected: _receipt_corrected,
        SellingPlaceSet: _selling_place,
        ProductSet: _product,
    },
    strict=False,
)


def _made(db: Connection, fact: RecordedEvent, event: ReportMade) -> None:
    db.execute(_MADE, (event.kind, event.first, event.last, fact.at_us, event.body))


reports_made = Projector(name="reports_made", version=1, tables=("report_made",), on={ReportMade: _made})
judgements = Projector(name="anomalies_judged", version=1, tables=("anomaly_judged",), on={AnomalyJudged: _judged})
