"""A what-if question about stock: a period with other reorder points, quantities or lead times. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

import msgspec

from edge.analytics.whatif.scenario import CHANGES_MOST, Day
from edge.core.messages import Refusal
from edge.goods.promotions.promotion import Goods
from edge.goods.purchasing.supply.supplier import SupplierId
from edge.goods.stock.location import Thousandths

DAYS_LEAST, DAYS_MOST = 28, 371
Percent = Annotated[int, msgspec.Meta(ge=-100, le=1_000)]
LeadDays = Annotated[int, msgspec.Meta(ge=0, le=90)]


class StockRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A rule for `goods`: reorder at `reorder` (or change the current reorder point by a percentage) up to `up_to`, at
    least `quantity` at a time, from a `supplier` or within `lead_days`. None: unchanged.
    """

    goods: Goods = Goods()
    reorder: Thousandths | None = None
    reorder_percent: Percent = 0
    up_to: Thousandths | None = None
    quantity: Thousandths | None = None
    lead_days: LeadDays | None = None
    supplier: SupplierId | None = None


class StockScenario(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A period, from its `first` business day through its `last`, with other ordering `rules`.

    If several rules name a product, the last one applies.
    """

    first: Day
    last: Day
    rules: Annotated[tuple[StockRule, ...], msgspec.Meta(max_length=CHANGES_MOST)] = ()


def require_sound_stock(scenario: StockScenario, today: str) -> None:
    """Raise `Refusal` if a scenario is invalid in itself, before any product is read."""
    try:
        first, last = date.fromisoformat(scenario.first), date.fromisoformat(scenario.last)
    except ValueError:
        raise Refusal("whatif_stock_period", {"least": DAYS_LEAST, "days": DAYS_MOST}) from None
    if not timedelta(DAYS_LEAST - 1) <= last - first <= timedelta(DAYS_MOST - 1):
        raise Refusal("whatif_stock_period", {"least": DAYS_LEAST, "days": DAYS_MOST})
    if scenario.last >= today:
        raise Refusal("whatif_future", {"day": scenario.last})
    for rule in scenario.rules:
        if rule.reorder is not None and rule.reorder_percent:
            raise Refusal("whatif_reorder")
        if rule.up_to is not None and rule.up_to < (rule.reorder or 0):
            raise Refusal("whatif_up_to")
        if rule.lead_days is not None and rule.supplier is not None:
            raise Refusal("whatif_lead")


class StockEstimate(msgspec.Struct, frozen=True):
    """A figure simulated for the period's actual weeks, and the range of 80 % of the results for random weeks."""

    value: float
    low: float
    high: float


FigureName = Literal["out_days", "lost", "stock", "waste", "deliveries"]
"""Days on which products were out of stock at closing, revenue lost by that, the stock's average value, waste at cost,
and number of deliveries.
"""


class StockFigure(msgspec.Struct, frozen=True):
    """A figure as it `happened` (None: not recorded), simulated with the settings of that time, simulated with the
    other settings, and the difference. The last three are missing if unknown.
    """

    name: FigureName
    happened: float | None
    base: StockEstimate | None = None
    would: StockEstimate | None = None
    difference: StockEstimate | None = None


class StockPolicy(msgspec.Struct, frozen=True):
    """How a product is ordered: at or below `reorder` up to `up_to`, in thousandths, with `lead_days`. `told`: set by a
    person; otherwise inferred from its deliveries.
    """

    reorder: int
    up_to: int
    lead_days: int
    told: bool


class StockProduct(msgspec.Struct, frozen=True):
    """A product: its settings of that time and the other settings (None: unknown), days out of stock, and average
    stock, in thousandths.
    """

    sku: str
    names: dict[str, str]
    was: StockPolicy | None
    would: StockPolicy | None
    out_happened: int
    out_base: StockEstimate
    out_would: StockEstimate
    stock_happened: int
    stock_base: int
    stock_would: int


class StockShare(msgspec.Struct, frozen=True):
    """A product's part of a figure, or a supplier's part of the deliveries, simulated with both settings in the
    period's own weeks. The key "*" combines all that aren't listed.
    """

    key: str
    names: dict[str, str]
    base: int
    would: int


class StockComparison(msgspec.Struct, frozen=True):
    """A comparison. `products`: the products that differ most, out of `counted`; `weeks`: the number of weeks drawn
    from; `made_of`: the parts that add up to each figure.

    `censored`: days on which demand is unknown because products were out of stock. `inferred`: products whose settings
    are inferred from deliveries; `unordered`: products without known settings. `unkept`: products omitted because their
    stock isn't tracked. `uncosted`: products with unknown cost. `shelf_unknown`: products without a shelf life or
    recorded waste. `gaps`: days without sales. `unknown`, `unstocked`: products named in rules that don't exist, or had
    no stock in the period. `imported`: whether sales of the period were imported from another system.
    """

    scenario: StockScenario
    figures: tuple[StockFigure, ...]
    products: tuple[StockProduct, ...]
    counted: int
    weeks: int
    censored: int = 0
    inferred: int = 0
    unordered: int = 0
    unkept: int = 0
    uncosted: int = 0
    shelf_unknown: int = 0
    gaps: int = 0
    unknown: tuple[str, ...] = ()
    unstocked: tuple[str, ...] = ()
    unknown_suppliers: tuple[str, ...] = ()
    made_of: dict[FigureName, tuple[StockShare, ...]] = {}
    seconds: float = 0.0
    imported: bool = False


class StockProgress(msgspec.Struct, frozen=True, tag="progress"):
    """The number of products simulated so far."""

    done: int
    products: int


class StockAnswered(msgspec.Struct, frozen=True, tag="answered"):
    """The complete comparison."""

    comparison: StockComparison


class StockNotAnswered(msgspec.Struct, frozen=True, tag="failed"):
    """The reason there is no comparison: a text key of section `whatif`."""

    why: str
    values: dict[str, str] = {}


StockAnswer = StockProgress | StockAnswered | StockNotAnswered


class StockQuestion(msgspec.Struct, frozen=True):
    """The request to the simulation process."""

    ledger: str
    scenario: StockScenario


class StockRunState(msgspec.Struct, frozen=True):
    """The progress of a simulation: products `done` of all, and its result; or `why` it failed (a text key of section
    `whatif`).
    """

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    scenario: StockScenario
    done: int = 0
    products: int = 0
    why: str = ""
    values: dict[str, str] = {}
    comparison: StockComparison | None = None
