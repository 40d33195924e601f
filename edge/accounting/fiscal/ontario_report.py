"""Ontario's monthly report, from the journal: each cannabis product's opening, received, issued and closing stock.

Goods count on the day they were received here. Returns to the wholesaler count on the day they're recorded, which
should be after the wholesaler has acknowledged them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from types import MappingProxyType

from edge.accounting.fiscal.paper_reader import PaperReader
from edge.core.journal.rows import fact_of, read_rows_of
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.goods.catalog.categories.queries import regulated_kinds
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import products_at
from edge.goods.stock.events import StockMoved
from edge.lib.fiscal.ontario.workbook import Flow, OntarioMonth, OntarioMovement, OntarioProduct
from edge.lib.i18n import name_in

SPAN, ROWS = 20_000, 2_000
UPC_DIGITS = 12
_FLOWS = MappingProxyType(
    {
        "sale": ("sold", "sold"),
        "void": ("sold", "sold"),
        "refund": ("customer_returns", "customer_returns"),
        "received": ("received", "received"),
        "corrected": ("received", "received"),
        "returned": ("returned", "returned"),
        "sent": ("transferred_out", "transferred_out"),
        "arrived": ("transferred_in", "transferred_in"),
        "transferred": ("transferred_in", "transferred_out"),
        "waste": ("adjusted_up", "destroyed"),
        "damaged": ("adjusted_up", "destroyed"),
    }
)
"""The report's figures for receipts and issues by the journal's reason. Other reasons are adjustments."""
_SHEETS = MappingProxyType(
    {
        "adjusted_up": "adjustments",
        "adjusted_down": "adjustments",
        "destroyed": "destructions",
        "transferred_in": "transfers_in",
        "transferred_out": "transfers_out",
    }
)
_GOES = frozenset({"sold", "returned", "transferred_out", "destroyed", "adjusted_down"})


class OntarioReport:
    """Makes the report of the days from `since` to `until`, which must be a month."""

    def __init__(self, reader: PaperReader, registry: Registry, language: str) -> None:
        self._reader = reader
        self._db = reader.db
        self._registry = registry
        self._language = language

    def month(self, since: str, until: str) -> OntarioMonth:
        """The report of the month: cannabis only, without accessories."""
        opening, flows = defaultdict[str, int](int), defaultdict[str, dict[Flow, int]](dict)
        moved: list[tuple[str, OntarioMovement]] = []
        known: dict[str, Product | None] = {}
        for fact in self._read_moves():
            assert isinstance(fact.event, StockMoved)
            sums = defaultdict[str, int](int)
            for move in fact.event.moves:
                sums[move.sku] += move.delta
            self._learn(known, sums)
            for sku, delta in sums.items():
                product = known[sku]
                if product is None or not delta or fact.business_date > until:
                    continue
                if fact.business_date < since:
                    opening[sku] += delta
                    continue
                flow = flow_of(fact.event.reason, delta)
                flows[sku][flow] = flows[sku].get(flow, 0) + (-delta if flow in _GOES else delta)
                if sheet := _SHEETS.get(flow):
                    moved.append(
                        (sheet, self._movement(fact, product, delta if sheet == "adjustments" else abs(delta)))
                    )
        sold = self._sales(since, until)
        skus = sorted(sku for sku in known if known[sku] and (opening[sku] or flows.get(sku) or sold.get(sku)))
        products = tuple(self._product(known[sku], opening[sku], flows[sku], sold.get(sku, 0)) for sku in skus)
        sheets = {name: tuple(row for sheet, row in moved if sheet == name) for name in set(_SHEETS.values())}
        return OntarioMonth(products=products, movements=sheets)

    def _read_moves(self) -> Iterator[RecordedEvent]:
        at, end = 1, self._reader.through
        while at <= end:
            rows, through = read_rows_of(self._db, (StockMoved.__name__,), at, min(SPAN, end - at + 1), ROWS)
            yield from (fact_of(self._registry, row) for row in rows if row.seq <= end)
            if through < at:
                return
            at = through + 1

    def _learn(self, known: dict[str, Product | None], skus: dict[str, int]) -> None:
        """Look up which of these products are cannabis, and store None for others."""
        if not (new := [sku for sku in skus if sku not in known]):
            return
        found = products_at(self._db, self._registry, new, self._reader.through)
        kinds = regulated_kinds(self._db, {one.category for one in found.values() if one.category})
        for sku in new:
            product = found.get(sku)
            is_it = product is not None and "cannabis" in kinds.get(product.category or "", ())
            known[sku] = product if is_it else None

    def _sales(self, since: str, until: str) -> dict[str, int]:
        """Each product's sales without tax."""
        found = defaultdict[str, int](int)
        for paper in self._reader.papers(since, until):
            for line in paper.lines:
                if not line.apart and line.kind == "goods":
                    found[line.article] += line.net_minor
        return found

    def _product(self, product: Product | None, opening: int, flows: dict[Flow, int], net_minor: int) -> OntarioProduct:
        assert product is not None
        about = self._about(product)
        return OntarioProduct(**about, opening=opening, flows=flows, net_sales_minor=net_minor)

    def _movement(self, fact: RecordedEvent, product: Product, units: int) -> OntarioMovement:
        event = fact.event
        assert isinstance(event, StockMoved)
        reason = f"{event.reason} {event.cause}".strip()
        about = self._about(product)
        return OntarioMovement(**about, day=fact.business_date, units=units, reason=reason, document=event.document)

    def _about(self, product: Product) -> dict[str, str]:
        return {
            "sku": product.sku,
            "upc": product.codes[0].lstrip("0").rjust(UPC_DIGITS, "0") if product.codes else "",
            "name": name_in(product.names or {}, self._language) or product.sku,
        }


def flow_of(reason: str, delta: int) -> Flow:
    """The report's figure for a movement.

    >>> flow_of("void", 1000), flow_of("transferred", -1000), flow_of("counted", -1000)
    ('sold', 'transferred_out', 'adjusted_down')
    """
    came, went = _FLOWS.get(reason, ("adjusted_up", "adjusted_down"))
    return came if delta > 0 else went  # type: ignore[return-value]  # as `Flow` has them
