"""What a period came to, and what it would have come to: the shapes of an answer. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.analytics.whatif.scenario import Scenario
from edge.lib.units.quantity import Unit

ROWS_MOST = 200
"""Products told apart, those that differ most; the others are one row."""
BASKETS_SHOWN = 200
LINES_SHOWN = 40
NAMED = 20
"""Days, papers and products that are named of what is counted."""


class WhatifSums(msgspec.Struct):
    """What papers come to, in minor units. `total` with taxes, before cash rounding; `cost` of goods whose cost is
    known, and `costed` what these brought without tax: their margin is the difference.

    Where the cost of a day is not known, that of other days of the period is taken: the whole cost may be `cost_less`
    less by that, or `cost_more` more.
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
    """The same papers as they were, and by the other rules; of a product its `quantity`, too, in thousandths."""

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
    """One product, hour of the day or group of customers; `names` of a product. Of the rest of the products the key is
    "*"."""

    key: str
    names: dict[str, str]
    sums: WasAndWould


class ChangedLine(msgspec.Struct, frozen=True):
    """A line of a basket: what was paid for it with its discounts, and what would have been."""

    names: dict[str, str]
    quantity: int
    unit: Unit
    was_minor: int
    would_minor: int
    promotions: tuple[dict[str, str], ...] = ()


class ChangedBasket(msgspec.Struct, frozen=True):
    """A paper that would have come to something else. `seq`: its row of the journal."""

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
    """What of a product would have been bought at its other price: an interval that holds in 80 of 100 cases.

    Of what was bought (`quantity`, thousandths) it would be `low` to `high`, and what was paid (`minor`) `low_minor` to
    `high_minor`; `would_minor` is the same baskets'. It rests on `weeks` at another price than the usual one; 0: it is
    not known.
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
    """Papers that a rule leaves no room for, and what they come to by the other rules: outside the hours, or orders
    below what is delivered. Whether their customers had come otherwise, nobody knows."""

    count: int = 0
    minor: int = 0


class WhatifComparison(msgspec.Struct, frozen=True):
    """An answer. `taken_minor` is what the receipts of the period say, before cash rounding.

    `papers`: sales and refunds; `voided` of them, with what voided them, are left as they were. `unsure` could not be
    priced again as they were (`unsure_seqs` some of them), `ahead` were paid ahead: both stay as they were. `negative`
    would come to less than nothing. `typed`: lines whose price a person typed, or a label said, which no rule touches.
    `gaps`: days without a sale. `unknown`, `later`, `unsold`: products that rules name, which there are not, which came
    after the period, and which nobody bought in it. `responses`: of the products whose prices differ, what would have
    been bought at these.
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
    """So many papers are priced again."""

    done: int
    papers: int


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """All of it."""

    comparison: WhatifComparison


class NotAnswered(msgspec.Struct, frozen=True, tag="failed"):
    """Why there is no answer: a sentence of section `whatif`."""

    why: str
    values: dict[str, str] = {}


class WhatifQuestion(msgspec.Struct, frozen=True):
    """What the process is asked."""

    ledger: str
    scenario: Scenario
    currency: str
    zone: str
    tax: bytes
    """The store's table of today, for sales that do not say theirs, as JSON."""


Answer = WhatifProgress | Answered | NotAnswered


class RunState(msgspec.Struct, frozen=True):
    """How far a question is: papers `done` of all, and its answer; or `why` there is none (a sentence of section
    `whatif`)."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    scenario: Scenario
    done: int = 0
    papers: int = 0
    why: str = ""
    values: dict[str, str] = {}
    comparison: WhatifComparison | None = None
