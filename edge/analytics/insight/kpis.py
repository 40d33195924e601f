"""Key figures of a period, each with numerator, denominator and source rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from edge.analytics.forecast.accuracy import errors_by_day
from edge.analytics.forecast.history.demand_days import days_without_goods, products_without_goods
from edge.analytics.insight.queries import FigureSums, read_by_key, read_days, read_sums
from edge.analytics.insight.rules import LONGEST_DAYS, DaySpan
from edge.analytics.insight.stock_worth import TODAY, average_worth, passed_of, stock_values
from edge.analytics.insight.waste import read_waste
from edge.core.messages import IsoDate
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import ENGLISH
from edge.lib.units.money import divide_half_up

YEAR_DAYS = 365
ROWS_SHOWN = 500
DRINKS = frozenset(
    (
        *("drink", "drinks", "beverage", "beverages", "soft_drinks", "soft-drinks", "juices", "water", "beer", "beers"),
        *("wine", "wines", "spirits", "liquor", "alcohol", "cocktails", "coffee", "tea", "hot_drinks", "hot-drinks"),
        *("boissons", "vins", "bieres"),
    )
)
"""Ids of drinks categories; subcategories count too."""
_PAPERS = ("sales", "voids", "refunds", "undone", "apart")
"""The figures that receipts are counted from; see `project.py`."""
_COUNTED = """
    SELECT sku, sum(CASE reason WHEN 'counted' THEN cost_minor ELSE 0 END),
           -sum(CASE WHEN reason IN ('sale', 'void', 'refund', 'used') THEN cost_minor ELSE 0 END),
           sum(reason = 'counted')
    FROM figure_move WHERE business_date BETWEEN ?1 AND ?2 AND ?3 IN ('', location) AND sku IN (
        SELECT sku FROM figure_move
        WHERE business_date BETWEEN ?1 AND ?2 AND ?3 IN ('', location) AND reason = 'counted')
    GROUP BY sku HAVING min(costed) = 1 ORDER BY 2, sku
"""
_SHRUNK = """
    SELECT sku, -sum(cost_minor), sum(moves) FROM figure_move
    WHERE business_date BETWEEN ? AND ? AND ?3 IN ('', location) AND reason IN ('counted', 'lost', 'theft', 'stolen')
    GROUP BY sku ORDER BY 2 DESC, sku
"""
_ORDERS = f"""
    SELECT o.number, o.supplier, o.completed_on <> '' AND o.completed_on <= o.expected_on,
           (SELECT total(l.quantity) FROM purchase_line l WHERE l.number = o.number),
           (SELECT total(min(r.quantity, l.quantity)) FROM purchase_receipt r JOIN purchase_line l USING (number, sku)
            WHERE r.number = o.number AND r.business_date <= o.expected_on)
    FROM purchase_order o
    WHERE o.expected_on BETWEEN ? AND ? AND ?3 IN ('', o.location)
        AND o.state IN ('sent', 'part_received', 'received', 'closed')
        AND (o.completed_on <> '' OR o.expected_on < coalesce(({TODAY}), ''))
    ORDER BY o.number DESC
"""
_PAID = """
    SELECT r.supplier, total(r.quantity * r.unit_cost_minor) / 1000, total(r.quantity * l.unit_cost_minor) / 1000,
           count(*)
    FROM purchase_receipt r JOIN purchase_line l USING (number, sku)
    WHERE r.business_date BETWEEN ? AND ? AND ?3 IN ('', r.location) AND r.unit_cost_minor > 0 AND l.unit_cost_minor > 0
    GROUP BY r.supplier ORDER BY r.supplier
"""

_CORRECTED = """
    SELECT sku, sum(amount_milli) FROM stock_correction WHERE business_date BETWEEN ? AND ?
    GROUP BY sku ORDER BY abs(sum(amount_milli)) DESC, sku
"""


class Kpi(msgspec.Struct, frozen=True):
    """A key figure: `value` in `unit` (`minor`, `count`, `permille`, `tenths`: of a day, or times), None without data.

    It is `numerator` / `denominator`, from `rows` rows; `before`: the value of the previous period.
    """

    name: str
    unit: str
    value: int | None
    numerator: int
    denominator: int
    rows: int
    before: int | None = None


class KpiRow(msgspec.Struct, frozen=True):
    """A source row of a key figure: a day, product, order or supplier, with its part of both sides."""

    key: str
    names: dict[str, str]
    numerator: int
    denominator: int


def read_kpis(db: Connection, span: DaySpan, place: str = "") -> list[Kpi]:
    """The key figures of a period with the previous period's values; for a location, only figures known by location."""
    now, before = _kpis(db, span, place), {kpi.name: kpi.value for kpi in _kpis(db, span.before, place)}
    return [msgspec.structs.replace(kpi, before=before[kpi.name]) for kpi in now]


def read_key_figures(db: Connection, first: IsoDate, last: IsoDate) -> list[Kpi]:
    """The key figures of the business days from `first` to `last`; empty for over LONGEST_DAYS or reversed days."""
    span = DaySpan(first, last)
    return read_kpis(db, span) if 0 < span.days <= LONGEST_DAYS else []


def _kpis(db: Connection, span: DaySpan, place: str) -> list[Kpi]:
    of_place = _of_place(db, span, place)
    return of_place if place else [*of_place, *_of_store(db, span)]


def _of_place(db: Connection, span: DaySpan, place: str) -> list[Kpi]:
    papers = all_, sales, _, refunds, undone, _ = [read_sums(db, kind, span, place) for kind in ("all", *_PAPERS)]
    receipts = _receipts(*papers[1:])
    cost, costed = all_.cost_minor, all_.costed_minor
    kept = _net_minor(*papers[1:])
    values = stock_values(db, span, place)
    worth = list(values.values())
    average = average_worth(db, span, place)
    passed = passed_of(db, span).days
    waste = read_waste(db, span, None, place)
    wasted = sum(one.cost_minor or 0 for one in waste)
    return [
        Kpi("sales", "minor", all_.minor if all_.rows else None, all_.minor, 1, all_.rows),
        Kpi("net", "minor", all_.net_minor if all_.rows else None, all_.net_minor, 1, all_.rows),
        Kpi("receipts", "count", receipts if all_.rows else None, receipts, 1, sales.rows),
        _ratio("basket", "minor", _earned_by(*papers[1:]), _earning(*papers[1:]), sales.rows),
        _ratio("margin", "permille", costed - cost, costed, all_.rows),
        _ratio("costed", "permille", costed, all_.net_minor, all_.rows),
        Kpi("cost", "minor", cost if costed else None, cost, 1, all_.rows),
        Kpi("stock_value", "minor", worth[-1] if worth else None, worth[-1] if worth else 0, 1, len(worth)),
        _ratio("turns", "tenths", divide_half_up(cost * YEAR_DAYS, passed), average, len(worth)),
        _ratio("cover", "tenths", worth[-1] if worth else 0, divide_half_up(cost, passed), len(worth)),
        _ratio("waste", "permille", wasted, cost, len(waste)),
        _ratio("refunded", "permille", -refunds.minor - undone.minor, kept, refunds.rows),
        *_counts(db, span, all_, place),
        *_suppliers(db, span, place),
    ]


def _of_store(db: Connection, span: DaySpan) -> list[Kpi]:
    """Figures not known by location."""
    out, gaps, watched, levels = days_without_goods(db, span.first, span.last)
    drawer = read_sums(db, "drawer", span)
    errors = errors_by_day(db, span.first, span.last)
    off, came = (sum(column) for column in ([one[1] for one in errors], [one[2] for one in errors]))
    return [
        _ratio("stock_out", "permille", round(out), round(watched), gaps + levels),
        Kpi("drawer", "minor", drawer.minor if drawer.rows else None, drawer.minor, 1, drawer.count),
        _later_costs(db, span),
        _beverages(db, span),
        _ratio("forecast_error", "permille", off, came, sum(one[3] for one in errors)),
    ]


def _later_costs(db: Connection, span: DaySpan) -> Kpi:
    """Later costs of goods already sold: corrected receipts and late freight.

    They belong to earlier sales, so they're shown separately from the margin.
    """
    rows = _correction_rows(db, span, "")
    total = sum(row.numerator for row in rows)
    return Kpi("cost_corrected", "minor", total if rows else None, total, 1, len(rows))


def _beverages(db: Connection, span: DaySpan) -> Kpi:
    rows = _drinks(db, span, "")
    return _ratio("pour_cost", "permille", sum(r.numerator for r in rows), sum(r.denominator for r in rows), len(rows))


def _counts(db: Connection, span: DaySpan, all_: FigureSums, place: str) -> tuple[Kpi, Kpi]:
    """Count variances relative to sales and usage, only for counted products."""
    counted, shrunk = _variance(db, span, place), _shrinkage(db, span, place)
    used = sum(row.denominator for row in counted)
    variance = _ratio("variance", "permille", sum(row.numerator for row in counted), used, len(counted))
    lost = sum(row.numerator for row in shrunk)
    known = all_.net_minor if shrunk else 0
    return variance, _ratio("shrinkage", "permille", lost, known, len(shrunk))


def _suppliers(db: Connection, span: DaySpan, place: str) -> tuple[Kpi, Kpi, Kpi]:
    orders = db.execute(_ORDERS, (span.first, span.last, place)).fetchall()
    paid = _prices(db, span, place)
    asked, came = round(sum(row[3] for row in orders)), round(sum(row[4] for row in orders))
    more = sum(row.numerator for row in paid)
    return (
        _ratio("supplier_on_time", "permille", sum(row[2] for row in orders), len(orders), len(orders)),
        _ratio("supplier_short", "permille", max(0, asked - came), asked, len(orders)),
        _ratio("supplier_price", "permille", more, sum(row.denominator for row in paid), len(paid)),
    )


Rows = Callable[[Connection, DaySpan, str], list[KpiRow]]


def _of_days(numerator: str, denominator: str = "") -> Rows:
    """Rows by day, from two fields of the day's sums."""

    def read(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
        return [
            KpiRow(day, {}, getattr(sums, numerator), getattr(sums, denominator) if denominator else 1)
            for day, sums in sorted(read_days(db, span, place).items())
        ]

    return read


def _unit_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """Units sold by day, of all products; not known by location."""
    days = {} if place else read_days(db, span, kind="product")
    return [KpiRow(day, {}, sums.quantity, 1) for day, sums in sorted(days.items())]


def _of_kind(kind: str) -> Rows:
    """Rows by day: the amount refunded by papers of a kind, and the number of these papers."""

    def read(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
        return [
            KpiRow(day, {}, -sums.minor, sums.count) for day, sums in sorted(read_days(db, span, place, kind).items())
        ]

    return read


def _margin_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    days = sorted(read_days(db, span, place).items())
    return [KpiRow(day, {}, sums.costed_minor - sums.cost_minor, sums.costed_minor) for day, sums in days]


def _of_papers(numerator: Callable[..., int], denominator: Callable[..., int]) -> Rows:
    """Rows by day, from sales, voids and refunds."""

    def read(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
        kinds = [read_days(db, span, place, kind) for kind in _PAPERS]
        nothing = FigureSums()
        days = ((day, [kind.get(day, nothing) for kind in kinds]) for day in sorted(set().union(*kinds)))
        return [KpiRow(day, {}, numerator(*sums), denominator(*sums)) for day, sums in days]

    return read


def _receipts(sales: FigureSums, voids: FigureSums, _: FigureSums, undone: FigureSums, __: FigureSums) -> int:
    """The number of sales without voided ones. `undone` (voided refunds) is added, as `voids` includes them."""
    return sales.count - voids.count + undone.count


def _earning(sales: FigureSums, voids: FigureSums, _: FigureSums, undone: FigureSums, apart: FigureSums) -> int:
    """The number of receipts with revenue: not only gift cards, tips and advance payments."""
    return sales.count - voids.count + undone.count - apart.count


def _earned_by(sales: FigureSums, voids: FigureSums, _: FigureSums, undone: FigureSums, apart: FigureSums) -> int:
    """The revenue of these receipts, without amounts that aren't revenue."""
    return sales.minor + voids.minor - undone.minor - apart.minor


def _net_minor(sales: FigureSums, voids: FigureSums, _: FigureSums, undone: FigureSums, __: FigureSums) -> int:
    """Net sales after voids."""
    return sales.minor + voids.minor - undone.minor


def _stock_value_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    return [KpiRow(day, {}, worth, 1) for day, worth in stock_values(db, span, place).items()]


def _turnover_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """The cost of sales of each day, and the stock value at its end."""
    sold, worth = read_days(db, span, place), stock_values(db, span, place)
    days = sorted({*sold, *worth})
    return [KpiRow(day, {}, sold.get(day, FigureSums()).cost_minor, worth.get(day, 0)) for day in days]


def _covering(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    return [KpiRow(row.key, {}, row.denominator, row.numerator) for row in _turnover_rows(db, span, place)]


def _correction_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """Additional cost of past sales by product (negative: lower); not known by location."""
    rows = [] if place else db.execute(_CORRECTED, (span.first, span.last)).fetchall()
    return _product_rows(db, [(sku, divide_half_up(milli, 1000), 1) for sku, milli in rows])


def _lacking(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    return [] if place else _product_rows(db, products_without_goods(db, span.first, span.last))


def _drawers(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    if place:
        return []
    return [KpiRow(day, {}, sums.minor, 1) for day, sums in sorted(read_days(db, span, kind="drawer").items())]


def _off(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    if place:
        return []
    return [KpiRow(day, {}, off, came) for day, off, came, _ in errors_by_day(db, span.first, span.last)]


def _waste_rows(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    waste = read_waste(db, span, None, place)
    return [KpiRow(one.sku, one.names, one.cost_minor or 0, one.quantity) for one in waste]


def _drinks(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """The cost of drinks and their net revenue; not known by location."""
    if place:
        return []
    found = {sku: sums for sku, sums in read_by_key(db, "product", span).items() if sums.costed_minor}
    places = places_of(db, found)
    drinks = [sku for sku in found if sku in places and not DRINKS.isdisjoint(places[sku].categories)]
    return _product_rows(db, [(sku, found[sku].cost_minor, found[sku].costed_minor) for sku in drinks])


def _variance(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """Usage beyond sales for each counted product: (opening + received - waste - closing) minus the usage by its sales
    and those of products made from it. This is the negative of the count adjustments.
    """
    rows = db.execute(_COUNTED, (span.first, span.last, place))
    return _product_rows(db, [(sku, -counted, used) for sku, counted, used, _ in rows])


def _shrinkage(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    return _product_rows(db, [(sku, lost, 1) for sku, lost, _ in db.execute(_SHRUNK, (span.first, span.last, place))])


def _on_time(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    rows = db.execute(_ORDERS, (span.first, span.last, place))
    return [KpiRow(f"#{number} {supplier}", {}, int(kept), 1) for number, supplier, kept, *_ in rows]


def _short(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    rows = db.execute(_ORDERS, (span.first, span.last, place))
    return [
        KpiRow(f"#{number} {supplier}", {}, round(max(0.0, asked - came)), round(asked))
        for number, supplier, _, asked, came in rows
    ]


def _prices(db: Connection, span: DaySpan, place: str) -> list[KpiRow]:
    """Purchase prices paid above the agreed prices, by supplier."""
    rows = db.execute(_PAID, (span.first, span.last, place))
    return [KpiRow(supplier, {}, round(paid - agreed), round(agreed)) for supplier, paid, agreed, _ in rows]


ROWS: Mapping[str, Rows] = MappingProxyType(
    {
        "sales": _of_days("minor"),
        "net": _of_days("net_minor"),
        "margin": _margin_rows,
        "costed": _of_days("costed_minor", "net_minor"),
        "cost": _of_days("cost_minor"),
        "units": _unit_rows,
        "refunds": _of_kind("refunds"),
        "voids": _of_kind("voids"),
        "receipts": _of_papers(_receipts, lambda *_: 1),
        "basket": _of_papers(_earned_by, _earning),
        "refunded": _of_papers(
            lambda _, __, refunds, undone, ___: -refunds.minor - undone.minor,
            _net_minor,
        ),
        "stock_value": _stock_value_rows,
        "turns": _turnover_rows,
        "cover": _covering,
        "stock_out": _lacking,
        "drawer": _drawers,
        "cost_corrected": _correction_rows,
        "forecast_error": _off,
        "waste": _waste_rows,
        "pour_cost": _drinks,
        "variance": _variance,
        "shrinkage": _shrinkage,
        "supplier_on_time": _on_time,
        "supplier_short": _short,
        "supplier_price": _prices,
    }
)
"""Functions that return each figure's rows. Rows of stock figures are by day, with the closing stock value."""


SIDES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("sales", "net", "cost", "cost_corrected", "stock_value", "drawer"), ("minor", "")),
        **dict.fromkeys(("margin", "costed", "turns", "cover", "waste", "refunded"), ("minor", "minor")),
        **dict.fromkeys(("variance", "shrinkage", "supplier_price", "pour_cost", "forecast_error"), ("minor", "minor")),
        "receipts": ("count", ""),
        "basket": ("minor", "count"),
        "supplier_on_time": ("count", "count"),
        "supplier_short": ("quantity", "quantity"),
        "stock_out": ("count", "count"),
    }
)
"""Units of numerators and denominators: minor units, thousandths (`quantity`), times or days; "": the figure isn't a
ratio.
"""
ROW_SIDES = MappingProxyType(
    {
        **{**SIDES, "waste": ("minor", "quantity"), "shrinkage": ("minor", ""), "units": ("quantity", "")},
        **dict.fromkeys(("refunds", "voids"), ("minor", "count")),
    }
)
"""Units of these figures' source rows, also of units sold, refunds and voids."""


def read_kpi_rows(db: Connection, name: str, span: DaySpan, place: str = "") -> list[KpiRow]:
    """The rows behind a key figure, at most ROWS_SHOWN; empty if the name is unknown."""
    return ROWS[name](db, span, place)[:ROWS_SHOWN] if name in ROWS else []


def _product_rows(db: Connection, rows: list[tuple[str, int, int]]) -> list[KpiRow]:
    known = read_products(db, [sku for sku, *_ in rows])
    return [
        KpiRow(sku, (known[sku][1].names if sku in known else None) or {ENGLISH: sku}, int(one), int(other))
        for sku, one, other in rows
    ]


def _ratio(name: str, unit: str, numerator: int, denominator: int, rows: int) -> Kpi:
    times = {"permille": 1000, "tenths": 10}.get(unit, 1)
    value = round(times * numerator / denominator) if denominator > 0 else None
    return Kpi(name, unit, value, numerator, denominator, rows)
