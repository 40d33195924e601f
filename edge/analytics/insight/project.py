"""The till's papers, shifts and moves of goods to sums by day. The kinds of sums, and what their keys are:

all, sales, voids, refunds   ""                    product      sku
quarter                      a quarter of an hour  register, person, tender, promotion   which
drawer                       register: what counts of its drawer were off by
override, cleared            person: prices that were changed, baskets that were cleared away
stock                        "": what the goods on hand became worth more, at what they cost; below 0: less
waste_person, waste_quarter, waste_cause, waste_place, waste_product    who wasted, when, why, where, and what
refunds_register, refunds_product, refunds_quarter; voids_ and override_ the same: where, of what, and when
refunds_person, voids_person    who gave it back, who undid it
apart, undone                ""; no revenue in sales, and sales of nothing else (count); what of voids undid refunds
place, place_sales, place_voids, place_refunds, place_stock    the place: of `all` and the others, what is of it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from edge.analytics.insight.events import AnomalyJudged, ReportMade
from edge.analytics.insight.paper_effects import (
    DayFigures,
    SaleEffect,
    by_tender,
    costs_of,
    each_plus,
    refund_effect,
    returned_effect,
    reversed_effect,
    sale_effect,
    together,
    worth_of,
)
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.reports.queries import QUARTER_US
from edge.counter.shifts.events import ShiftClosed
from edge.counter.till.events import BasketAbandoned, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
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
    INSERT INTO figure_move (business_date, sku, reason, location, quantity, cost_minor, costed, cause)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (business_date, sku, reason, location, cause) DO UPDATE SET
        quantity = quantity + excluded.quantity, cost_minor = cost_minor + excluded.cost_minor,
        costed = min(costed, excluded.costed), moves = moves + 1
"""
_PLACE = "SELECT location FROM figure_place WHERE register = ?"
_AVERAGE = """
    SELECT (SELECT average_micro FROM figure_cost WHERE sku = ?1), coalesce(sum(on_hand), 0)
    FROM figure_held WHERE sku = ?1
"""
_AVERAGED = """
    INSERT INTO figure_cost (sku, average_micro) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET average_micro = ?2
"""
_HOLD = """
    INSERT INTO figure_held (sku, location, on_hand, worth_minor)
    VALUES (?1, ?2, ?3, 0) ON CONFLICT (sku, location) DO UPDATE SET on_hand = on_hand + ?3
"""
_HELD = """
    SELECT h.sku, h.location, h.on_hand, h.worth_minor FROM json_each(?) j JOIN figure_held h ON h.sku = j.value
    ORDER BY h.sku, h.location
"""
_WORTH = "UPDATE figure_held SET worth_minor = ? WHERE sku = ? AND location = ?"
_STATED = """
    INSERT INTO figure_cost (sku, cost_minor) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET cost_minor = ?2
"""
_JUDGED = (
    "INSERT OR REPLACE INTO anomaly_judged (kind, key, business_date, is_right, by, at_us) VALUES (?, ?, ?, ?, ?, ?)"
)
_MADE = "INSERT OR IGNORE INTO report_made (kind, first_date, last_date, made_us, body) VALUES (?, ?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode


_decode = msgspec.json.Decoder(SaleEffect).decode


def _count_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    """Count a sale; an exchange also counts as a refund, as on the register's Z report."""
    effect = sale_effect(db, event)
    _count(db, fact, "sales", effect)
    _add(db, fact.business_date, _apart_rows(db, fact, effect.apart, 1))
    if event.returns:
        came_back = returned_effect(db, event)
        _count(db, fact, "refunds", came_back)
        effect = msgspec.structs.replace(together(effect, came_back), returned=-came_back.whole.minor)
    overridden = sum(line.listed_minor is not None for line in event.lines)
    if overridden:
        _add(db, fact.business_date, _overridden(fact, event, overridden))
    _keep_newest(db, fact, msgspec.structs.replace(effect, number=event.number))


def _overridden(fact: RecordedEvent, event: SaleCompleted, count: int) -> list[tuple[str, str, DayFigures]]:
    products = (line.sku for line in event.lines if line.listed_minor is not None)
    quarter = str(fact.at_us // QUARTER_US)
    return [
        ("override", fact.actor, DayFigures(count)),
        ("override_quarter", quarter, DayFigures(count)),
        *(("override_product", sku, DayFigures(1)) for sku in products),
    ]


def _count_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    effect = refund_effect(db, event)
    _count(db, fact, "refunds", effect)
    _keep_newest(db, fact, msgspec.structs.replace(effect, number=event.number))


def _count_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    newest = _newest(db, fact)
    effect = reversed_effect(newest) if newest else SaleEffect(DayFigures(0, 0, -event.total_minor), {}, {}, {})
    _count(db, fact, "voids", effect)
    if event.undoes == "refund":
        whole = msgspec.structs.replace(effect.whole, count=1)
        _add(db, fact.business_date, _with_place(db, fact, "undone", whole))
        return
    if newest:
        _add(db, fact.business_date, _apart_rows(db, fact, newest.apart, -1))
    if newest and newest.returned:
        _add(db, fact.business_date, _with_place(db, fact, "undone", DayFigures(0, 0, newest.returned)))


def _count_correction(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    """A sale's payment was corrected: its total changes by the rounding of cash."""
    was = by_tender(event.was, event.was_change_minor)
    tenders = each_plus({kind: one.negative for kind, one in was.items()}, by_tender(event.tenders))
    effect = SaleEffect(DayFigures(0, 0, event.more_minor), {}, tenders, {})
    _count(db, fact, "sales", effect)
    newest = _newest(db, fact)
    if newest and newest.number == event.sale:
        _keep_newest(db, fact, together(newest, effect))


def _keep_newest(db: Connection, fact: RecordedEvent, effect: SaleEffect) -> None:
    """Keep the effect of the register's newest receipt, which may be voided."""
    db.execute(
        "INSERT OR REPLACE INTO figure_newest (register, body) VALUES (?, ?)",
        (fact.register, bytearray(_encode(effect))),
    )


def _newest(db: Connection, fact: RecordedEvent) -> SaleEffect | None:
    found = db.execute("SELECT body FROM figure_newest WHERE register = ?", (fact.register,)).fetchone()
    return _decode(found[0]) if found else None


def _apart_rows(db: Connection, fact: RecordedEvent, apart: DayFigures, sign: int) -> list[tuple[str, str, DayFigures]]:
    """Rows of sums that aren't revenue, and whether they're all of a sale."""
    signed = DayFigures(sign * apart.count, 0, sign * apart.minor)
    return _with_place(db, fact, "apart", signed) if signed != DayFigures() else []


def _with_place(
    db: Connection, fact: RecordedEvent, kind: str, figures: DayFigures
) -> list[tuple[str, str, DayFigures]]:
    return [(kind, "", figures), (f"place_{kind}", _place(db, fact), figures)]


def _place(db: Connection, fact: RecordedEvent) -> str:
    """The location a register sells from."""
    found = db.execute(_PLACE, (fact.register,)).fetchone()
    return found[0] if found else MAIN


def _count(db: Connection, fact: RecordedEvent, kind: str, effect: SaleEffect) -> None:
    whole = effect.whole
    quarter = str(fact.at_us // QUARTER_US)
    own = whole if kind == "sales" else msgspec.structs.replace(whole, count=1)
    place = _place(db, fact)
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
    _add(db, fact.business_date, rows)


def _add(db: Connection, day: str, rows: Iterable[tuple[str, str, DayFigures]]) -> None:
    db.executemany(
        _ADD, [(kind, day, key, f.count, f.quantity, f.minor, f.net, f.cost, f.costed) for kind, key, f in rows]
    )


def _count_cleared_basket(db: Connection, fact: RecordedEvent, event: BasketAbandoned) -> None:
    _add(db, fact.business_date, [("cleared", fact.actor, DayFigures(1, 0, event.total_minor))])


def _shift(db: Connection, fact: RecordedEvent, event: ShiftClosed) -> None:
    _add(db, fact.business_date, [("drawer", fact.register, DayFigures(1, 0, event.difference_minor))])


def _count_moves(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    day, wasted, places, products = fact.business_date, 0, defaultdict[str, int](int), list[tuple[str, DayFigures]]()
    micros = costs_of(db, (move.sku for move in event.moves))
    lines, held = list[tuple[object, ...]](), list[tuple[str, str, int]]()
    for move in event.moves:
        if event.unit_cost_minor is not None and move.delta > 0:
            paid: int | None = _receive_at_cost(db, move, event.unit_cost_minor)
            micros.update(costs_of(db, [move.sku]))
        else:
            paid = worth_of(micros.get(move.sku), abs(move.delta))
        if event.unit_cost_minor is None:
            held.append((move.sku, move.location, move.delta))
        else:  # the average of the next one rests on it
            db.execute(_HOLD, (move.sku, move.location, move.delta))
        signed = (paid or 0) * (1 if move.delta > 0 else -1)
        known = int(paid is not None)
        is_waste = event.reason.startswith(WASTE) and move.delta < 0
        cause = event.cause if is_waste else ""
        lines.append((day, move.sku, event.reason, move.location, move.delta, signed, known, cause))
        if is_waste:
            wasted += paid or 0
            places[move.location] += paid or 0
            products.append((move.sku, DayFigures(1, -move.delta, paid or 0)))
    db.executemany(_HOLD, held)
    db.executemany(_MOVE, lines)
    moved = {(move.sku, move.location) for move in event.moves}
    rows = _worth_rows(_revalue_stock(db, micros, {sku for sku, _ in moved}, moved))
    rows += [("waste_product", sku, one) for sku, one in products]
    if products:  # also if the cost is unknown
        quarter = str(fact.at_us // QUARTER_US)
        rows += [
            ("waste_person", fact.actor, DayFigures(1, 0, wasted)),
            ("waste_quarter", quarter, DayFigures(1, 0, wasted)),
            ("waste_cause", event.cause or event.reason, DayFigures(1, 0, wasted)),
            *(("waste_place", place, DayFigures(1, 0, cost)) for place, cost in sorted(places.items())),
        ]
    _add(db, day, rows)


def _receive_at_cost(db: Connection, move: Move, unit_cost_minor: int) -> int:
    """The cost of goods received with a cost, which is the only thing that changes the average."""
    average, on_hand = db.execute(_AVERAGE, (move.sku,)).fetchone()
    db.execute(_AVERAGED, (move.sku, average_after(average, on_hand, move.delta, unit_cost_minor)))
    return amount_minor(unit_cost_minor, move.delta)


def _revalue_stock(
    db: Connection, micros: Mapping[str, int | None], skus: Iterable[str], moved: Collection[tuple[str, str]] = ()
) -> list[tuple[str, int]]:
    """Changes in stock value by location, from goods `moved` and from changed unit costs. So their sum always equals
    stock on hand at current cost."""
    changes = []
    for sku, place, on_hand, was in db.execute(_HELD, (json_text(skus),)).fetchall():
        worth = worth_of(micros.get(sku), on_hand) or 0
        if worth != was:
            db.execute(_WORTH, (worth, sku, place))
        if worth != was or (sku, place) in moved:
            changes.append((place, worth - was))
    return changes


def _worth_rows(changes: Iterable[tuple[str, int]]) -> list[tuple[str, str, DayFigures]]:
    """Changes in the value of all goods, in total and by location."""
    places: dict[str, list[int]] = {}
    for place, minor in changes:
        places.setdefault(place, []).append(minor)
    rows = [("place_stock", place, DayFigures(len(ones), 0, sum(ones))) for place, ones in sorted(places.items())]
    whole = [minor for ones in places.values() for minor in ones]
    return [("stock", "", DayFigures(len(whole), 0, sum(whole))), *rows] if whole else []


def _receipt_corrected(db: Connection, fact: RecordedEvent, event: ReceiptCorrected) -> None:
    average, on_hand = db.execute(_AVERAGE, (event.sku,)).fetchone()
    db.execute(_AVERAGED, (event.sku, average_with(average, on_hand, event.value_milli)))
    _add(db, fact.business_date, _worth_rows(_revalue_stock(db, costs_of(db, [event.sku]), [event.sku])))


def _selling_place(db: Connection, fact: RecordedEvent, event: SellingPlaceSet) -> None:
    db.execute(
        "INSERT OR REPLACE INTO figure_place (register, location) VALUES (?, ?)", (event.register, event.location)
    )


def _product(db: Connection, fact: RecordedEvent, event: ProductSet) -> None:
    product = event.product
    costs = [supply.cost_minor for supply in product.supplies or () if supply.cost_minor is not None]
    cost = product.cost_minor if product.cost_minor is not None else min(costs, default=None)
    db.execute(_STATED, (product.sku, cost))
    _add(db, fact.business_date, _worth_rows(_revalue_stock(db, costs_of(db, [product.sku]), [product.sku])))


def _save_judgement(db: Connection, fact: RecordedEvent, event: AnomalyJudged) -> None:
    db.execute(_JUDGED, (event.kind, event.key, event.day, int(event.is_right), fact.actor, fact.at_us))


figures = Projector(
    name="figures",
    version=2,
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
)


def _save_report(db: Connection, fact: RecordedEvent, event: ReportMade) -> None:
    db.execute(_MADE, (event.kind, event.first, event.last, fact.at_us, event.body))


reports_made = Projector(name="reports_made", version=1, tables=("report_made",), on={ReportMade: _save_report})
judgements = Projector(
    name="anomalies_judged", version=1, tables=("anomaly_judged",), on={AnomalyJudged: _save_judgement}
)
