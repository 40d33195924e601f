"""Result types of a what-if: a period's actual and hypothetical totals. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.analytics.whatif.scenario import Scenario
from edge.lib.units.quantity import Unit

ROWS_MOST = 200
"""Maximum products listed, by largest difference; the others are combined into one row."""
BASKETS_SHOWN = 200
LINES_SHOWN = 40
NAMED = 20
"""Maximum days, receipts and products listed by name."""


class WhatifSums(msgspec.Struct):
    """Totals of receipts in minor units. `total`: with tax, before cash rounding; `cost`: cost of goods with known
    cost; `costed`: their net revenue. The margin is the difference.

    Days without known cost use the cost of other days in the period, so the total may be `cost_less` lower or
    `cost_more` higher.
    """

    total: int = 0
    net: int = 0
    tax: int = 0
    discount: int = 0
    deposit: int = 0
    points: int = 0
    cost: int = 0
    costed: int = 0
    cost_less: int = 0
    cost_more: int = 0

    @property
    def margin(self) -> int:
        return self.costed - self.cost

    @property
    def margin_low(self) -> int:
        return self.margin - self.cost_more

    @property
    def margin_high(self) -> int:
        return self.margin + self.cost_less

    def add(self, other: WhatifSums) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class WasAndWould(msgspec.Struct):
    """Sums of receipts under the actual rules (`was`) and the other ones (`would`).

    For a product also its `quantity` in thousandths.
    """

    was: WhatifSums = msgspec.field(default_factory=WhatifSums)
    would: WhatifSums = msgspec.field(default_factory=WhatifSums)
    count: int = 0
    quantity: int = 0

    def add(self, other: WasAndWould) -> None:
        self.was.add(other.was)
        self.would.add(other.would)
        self.count += other.count
        self.quantity += other.quantity


class WhatifGroup(msgspec.Struct, frozen=True):
    """A product, hour of the day or customer group; `names` of a product. The key "*" covers all remaining products."""

    key: str
    names: dict[str, str]
    sums: WasAndWould


class ChangedLine(msgspec.Struct, frozen=True):
    """A basket line: the amount paid after discounts, and the hypothetical amount."""

    names: dict[str, str]
    quantity: int
    unit: Unit
    was_minor: int
    would_minor: int
    promotions: tuple[dict[str, str], ...] = ()


class ChangedBasket(msgspec.Struct, frozen=True):
    """A receipt whose total would differ. `seq`: its journal row."""

    seq: int
    kind: Literal["sale", "refund"]
    register: str
    number: int
    at_us: int
    was_minor: int
    would_minor: int
    points_was: int
    points_would: int
    lines: tuple[ChangedLine, ...]


class Response(msgspec.Struct, frozen=True):
    """The estimated demand for a product at its hypothetical price, as an 80 % interval.

    Instead of the actual `quantity` (thousandths), `low` to `high` would be sold; instead of the revenue `minor`,
    `low_minor` to `high_minor` would be earned. `would_minor`: revenue of the same baskets at that price. `weeks`:
    weeks at other prices that the estimate is based on; 0: unknown.
    """

    key: str
    names: dict[str, str]
    weeks: int
    quantity: int
    low: int = 0
    high: int = 0
    minor: int = 0
    would_minor: int = 0
    low_minor: int = 0
    high_minor: int = 0


class Outside(msgspec.Struct, frozen=True):
    """Receipts excluded by the rules (outside opening hours, or below the minimum order), and their hypothetical total.

    Whether the customers would have come otherwise is unknown.
    """

    count: int = 0
    minor: int = 0


class WhatifComparison(msgspec.Struct, frozen=True):
    """A what-if's result. `taken_minor`: the receipts' total, before cash rounding.

    `papers`: sales and refunds. `voided`, `unsure` (not reproducible; `unsure_seqs` lists some) and `ahead` (prepaid)
    receipts keep their totals. `negative`: would have a negative total. `typed`: lines with a manual or label price,
    unaffected by rules. `gaps`: days without sales. `unknown`, `later`, `unsold`: products named in rules that don't
    exist, were added after the period, or weren't sold in it. `responses`: estimated demand for products with changed
    prices.
    """

    scenario: Scenario
    taken_minor: int
    papers: int
    sums: WasAndWould
    products: tuple[WhatifGroup, ...]
    hours: tuple[WhatifGroup, ...]
    customers: tuple[WhatifGroup, ...]
    changed: int
    baskets: tuple[ChangedBasket, ...]
    voided: int = 0
    unsure: int = 0
    unsure_seqs: tuple[int, ...] = ()
    ahead: int = 0
    negative: int = 0
    typed: int = 0
    gaps: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    unsold: tuple[str, ...] = ()
    closed: Outside = Outside()
    small: Outside = Outside()
    responses: tuple[Response, ...] = ()
    seconds: float = 0.0


class WhatifProgress(msgspec.Struct, frozen=True, tag="progress"):
    """The number of receipts repriced so far."""

    done: int
    papers: int


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """The complete result."""

    comparison: WhatifComparison


class NotAnswered(msgspec.Struct, frozen=True, tag="failed"):
    """The reason there is no result: a text key of section `whatif`."""

    why: str
    values: dict[str, str] = {}


class WhatifQuestion(msgspec.Struct, frozen=True):
    """The request to the repricing process."""

    ledger: str
    scenario: Scenario
    currency: str
    zone: str
    tax: bytes
    """The store's current tax table, as JSON, for sales without a tax table of their own."""


Answer = WhatifProgress | Answered | NotAnswered


class RunState(msgspec.Struct, frozen=True):
    """A what-if's progress (`done` of `papers`) and result; or `why` it failed, a text key of section `whatif`."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    scenario: Scenario
    done: int = 0
    papers: int = 0
    why: str = ""
    values: dict[str, str] = {}
    comparison: WhatifComparison | None = None
