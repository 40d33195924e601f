"""What can have happened to suggestions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Outcome = Literal["deployed", "kept", "not_enough"]
Rule = Literal["pinned", "banned", "none"]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Thousandths = Annotated[int, msgspec.Meta(ge=-1000, le=1000)]


class RecommendationsTrained(Event, frozen=True, omit_defaults=True):
    """What goes with what was counted anew in `baskets` baskets through `through`, and tried on their newest fifth.

    `outcome`: see `rules.outcome_of`; `serves`: whether it is better than what sells, and so used where no other is
    deployed. Recalls, `auc`, `shown` and `bound` (by how much recall among ten is above what sells, at least) are
    thousandths; `sells10` is the recall of what sells, `before10` that of the one in use. `broken`: lists of the trial
    in which something stood that may never be suggested. `checksum` (SHA-256, hex) is of the model's file. `novelty` is
    the mean of -log2 of the share of baskets that have what was shown, thousandths of bits. Of `persons` who consented
    and whose last basket was hidden: recall among ten of what they buy again and of their own frequency (`again10`,
    `often10`), of what is new to them and of what sells (`new10`, `new_sells10`); `weights`: by which of the written
    weights what is new is ranked (`person_evaluation.TRIPLES`).
    """

    model_version: str
    through: str
    outcome: Outcome
    baskets: Count
    products: Count = 0
    pairs: Count = 0
    questions: Count = 0
    recall5: Thousandths = 0
    recall10: Thousandths = 0
    sells10: Thousandths = 0
    before10: Thousandths = 0
    bound: Thousandths = 0
    auc: Thousandths = 0
    shown: Thousandths = 0
    broken: Count = 0
    serves: bool = False
    checksum: str = ""
    reciprocal_rank: Thousandths = 0
    novelty: Count = 0
    persons: Count = 0
    weights: Annotated[int, msgspec.Meta(ge=0, le=4)] = 0
    again10: Thousandths = 0
    often10: Thousandths = 0
    new10: Thousandths = 0
    new_sells10: Thousandths = 0


class RecommendationsReverted(Event, frozen=True):
    """The model that was in use before is again, instead of a later one."""

    model_version: str
    instead_of: str


class SuggestionRuleSet(Event, frozen=True):
    """A manager wants a product to be suggested first where it may be (`pinned`), never (`banned`), or as it comes."""

    sku: str
    rule: Rule


EVENTS: tuple[type[Event], ...] = (RecommendationsTrained, RecommendationsReverted, SuggestionRuleSet)
