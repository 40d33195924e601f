"""Explain a key figure by listing the events of its days, each with its contribution.

The projector of the figures replays the events in a scratch database, which starts with the tables as they were before
the first event. An event's contribution is the resulting change in the figure. Any difference between the displayed and
the replayed figure is reported as a remainder, which should be zero.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edge.analytics.insight.kpis import ROWS
from edge.analytics.insight.project import figures
from edge.analytics.insight.queries import FigureSums, read_by_category, read_by_key, read_hours
from edge.analytics.insight.reports import read_moves
from edge.analytics.insight.rules import DaySpan
from edge.core.journal.browse import first_row_of_day
from edge.core.journal.figure_trace import PARTS, ExplainedFigure, FigurePart, FigureProduct, part_of, trace
from edge.core.journal.past import PastFiles, open_view
from edge.core.journal.past_reads import files_of
from edge.core.journal.rows import check_chain, facts_of_types
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_scratch, read_behind
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import after

NOT_FOLDED = frozenset(
    {
        *("stock_out", "forecast_error", "cost_corrected"),
        *("supplier_on_time", "supplier_short", "supplier_price"),
    }
)
"""Figures that aren't recalculated from events, such as those of forecasts and purchase orders."""
_BY = ("product", "category", "hour", "person", "tender", "register", "place", "promotion")
_WASTED = ("waste_cause", "waste_place", "waste_person", "waste_hour")
GROUPS = MappingProxyType({**{f"by_{by}": by for by in _BY}, **{kind: kind for kind in (*_WASTED, "moved")}})
"""Breakdowns of revenue, waste and stock movements as figures with one value per key, and their dimension."""
PARTED = MappingProxyType(
    {
        **{f"margin_by_{by}": ("margin", by) for by in ("category", "hour", "person", "register", "place")},
        **{f"{of}_by_{by}": (of, by) for of in ("net", "cost") for by in ("category", "product")},
        "units_moved": ("units", "moved"),
    }
)
"""The margin, net revenue or cost of a part of revenue, and the quantity moved for a reason.

A product's margin is `margin` with the product as its key.
"""
OTHER = "-"
"""The key for items without a key, such as products without a category."""
OF_PRODUCT = ("margin", "cost", "costed", "units")
"""Daily figures also broken down by product."""
MOST_FACTS = 30_000
"""Maximum events of a figure to explain; more would take too long."""
_STATE = ("figure_cost", "figure_held", "figure_newest", "figure_place")
_FOLDED = ("figure_day", "figure_move", *_STATE)
_TABLES = "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC"
_READ_TO = "SELECT seq FROM projection WHERE name = ?"
_STOCK_WORTH = """
    INSERT INTO figure_day (kind, business_date, key, count, quantity, minor, net_minor, cost_minor, costed_minor)
    SELECT kind, '', key, sum(count), 0, sum(minor), 0, 0, 0
    FROM then_.figure_day WHERE kind IN ('stock', 'place_stock') AND business_date < ? GROUP BY kind, key
"""
_COUNTED = """
    INSERT INTO figure_move (business_date, sku, reason, location, quantity, cost_minor, costed, moves)
    VALUES (?, ?, 'counted', 'main', 0, 0, 1, 0)
"""


class Sides(NamedTuple):
    """Numerator and denominator of a figure."""

    numerator: int
    denominator: int

    def less(self, other: Sides) -> Sides:
        return Sides(self.numerator - other.numerator, self.denominator - other.denominator)


class ExplainFigure(ReadQuestion[ExplainedFigure | None], frozen=True, tag=True):
    """Explain a figure of the days from `first` to `last`; None if there is no such figure.

    `name`: a key figure, or one of GROUPS or PARTED; `key`: its product, hour, person and so on, "" for the days. It
    may also be a declared figure (`Capability.figures`) and its key, without days. `through`: as of this row (0: now).
    """

    name: str
    first: str
    last: str
    key: str
    zone: str
    through: int = 0

    def read(self, db: Connection, registry: Registry) -> ExplainedFigure | None:
        declared = registry.figures.get(self.name)
        if not (declared or is_explained(self.name)):
            return None
        files = files_of(db)
        with ExitStack() as opened:
            then = db
            if self.through:
                view = files.view(db, registry, self.through)
                then = opened.enter_context(closing(open_view(view, files.ledger, self.through)))
            return trace(then, registry, declared, self.key) if declared else _explain(self, then, registry, files, db)


def is_explained(name: str) -> bool:
    """Whether a figure can be explained by events."""
    return name in GROUPS or name in PARTED or (name in ROWS and name not in NOT_FOLDED)


def _explain(
    asked: ExplainFigure, db: Connection, registry: Registry, files: PastFiles, ledger: Connection
) -> ExplainedFigure | None:
    """Explain the figure. `db`: has the displayed figures; `ledger`: the complete ledger."""
    span, read = DaySpan(asked.first, asked.last), _reader(asked)
    shown = read(db)
    first = first_row_of_day(db, span.first)
    (read_to,) = db.execute(_READ_TO, (figures.name,)).fetchone() or (0,)
    through = min(first_row_of_day(db, after(span.last, 1)) - 1, read_to)
    if through - first >= MOST_FACTS:
        return ExplainedFigure(shown, too_many=True)
    before = files.view(ledger, registry, first - 1) if first > 1 else None
    types = [kind.__name__ for kind in figures.on]
    with closing(_folding(db, files, before, asked)) as scratch:
        brought = was = read(scratch)
        found: list[FigurePart] = []
        for fact in facts_of_types(db, registry, types, first, through):
            figures.apply(scratch, (fact,))
            now = read(scratch)
            if now != was:
                found.append(part_of(fact, *now.less(was)))
            was = now
    rest = found[PARTS:]
    return ExplainedFigure(
        shown,
        brought,
        tuple(found[:PARTS]),
        len(rest),
        (sum(one.numerator for one in rest), sum(one.denominator for one in rest)),
        shown.less(was),
        tuple(sentence for _, sentence in check_chain(db, first, through)) if found else (),
        _products(db, span, asked.name) if asked.name in OF_PRODUCT and not asked.key else (),
    )


def _reader(asked: ExplainFigure) -> Callable[[Connection], Sides]:
    """Return a function that reads the requested figure from a database with its tables."""
    span, name, key = DaySpan(asked.first, asked.last), asked.name, asked.key

    def read(db: Connection) -> Sides:
        if name in GROUPS:
            sums = _groups(db, GROUPS[name], span, asked.zone)
            rows = [(of or OTHER, one.minor, one.count) for of, one in sums.items()]
        elif name in PARTED:
            measure, by = PARTED[name]
            rows = [(of or OTHER, *_of_product(measure, one)) for of, one in _groups(db, by, span, asked.zone).items()]
        elif name in OF_PRODUCT and key:
            rows = [(sku or OTHER, *_of_product(name, one)) for sku, one in read_by_key(db, "product", span).items()]
        else:
            rows = [(row.key, row.numerator, row.denominator) for row in ROWS[name](db, span, "")]
        wanted = [row for row in rows if not key or row[0] == key]
        return Sides(sum(row[1] for row in wanted), sum(row[2] for row in wanted))

    return read


def _groups(db: Connection, by: str, span: DaySpan, zone: str) -> dict[str, FigureSums]:
    if by in ("hour", "waste_hour"):
        kind = "quarter" if by == "hour" else "waste_quarter"
        return {one.key: one.sums for one in read_hours(db, span, ZoneInfo(zone), kind)}
    if by == "moved":
        moves = read_moves(db, span)
        return {one.reason: FigureSums(count=one.moves, quantity=one.quantity, minor=one.cost_minor) for one in moves}
    return read_by_category(db, span) if by == "category" else read_by_key(db, by, span)


def _of_product(name: str, sums: FigureSums) -> Sides:
    if name == "margin":
        return Sides(sums.costed_minor - sums.cost_minor, sums.costed_minor)
    plain = {"units": sums.quantity, "cost": sums.cost_minor, "net": sums.net_minor}
    return Sides(plain[name], 1) if name in plain else Sides(sums.costed_minor, sums.net_minor)


def _products(db: Connection, span: DaySpan, name: str) -> tuple[FigureProduct, ...]:
    """Each product's contribution to a figure, largest first."""
    sums = read_by_key(db, "product", span)
    known = read_products(db, list(sums))
    found = []
    for sku, one in sums.items():
        names = (known[sku][1].names if sku in known else None) or {ENGLISH: sku}
        if any(sides := _of_product(name, one)):
            found.append(FigureProduct(sku or OTHER, names, *sides))
    return tuple(sorted(found, key=lambda one: (-one.numerator, one.sku)))


def _folding(db: Connection, files: PastFiles, before: Path | None, asked: ExplainFigure) -> Connection:
    """A scratch database with the tables as of before the first event, attached to the ledger."""
    scratch = open_scratch()
    for table in _FOLDED:
        for (sql,) in db.execute(_TABLES, (table,)).fetchall():
            scratch.execute(sql)
    if before:
        read_behind(scratch, before, "then_")
        for table in _STATE:
            scratch.execute(f"INSERT INTO main.{table} SELECT * FROM then_.{table}")
        scratch.execute(_STOCK_WORTH, (asked.first,))
        scratch.execute("DETACH then_")
    if asked.name == "variance" and asked.key:  # sales before the count are included from the beginning
        scratch.execute(_COUNTED, (asked.first, asked.key))
    read_behind(scratch, files.ledger)
    return scratch
