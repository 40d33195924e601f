"""Events of recommendations."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Outcome = Literal["deployed", "kept", "not_enough"]
Rule = Literal["pinned", "banned", "none"]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Thousandths = Annotated[int, msgspec.Meta(ge=-1000, le=1000)]


class RecommendationsTrained(Event, frozen=True, omit_defaults=True):
    """Product pairs were trained on `baskets` baskets through `through`, and evaluated on their newest fifth.

    `outcome`: see `rules.outcome_of`; `serves`: whether it beats best sellers, and is used if no model is deployed.
    Recalls, `auc`, `shown` and `bound` (the lower bound of its gain in recall at ten over best sellers) are
    thousandths; `sells10`: the recall of best sellers, `before10`: that of the model in use. `broken`: lists of the
    evaluation with a product that must never be suggested. `checksum` (SHA-256, hex) is the model file's. `novelty`:
    the mean of -log2 of the share of baskets that contain the suggested products, in thousandths of bits. For `persons`
    with consent, whose last basket was hidden: recall at ten of repeat purchases, and by their own frequency
    (`again10`, `often10`); of new products, and by best sellers (`new10`, `new_sells10`); `weights`: the weighting that
    ranks new products (`person_evaluation.TRIPLES`).
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
    """The previous model was restored, replacing a later one."""

    model_version: str
    instead_of: str


class SuggestionRuleSet(Event, frozen=True):
    """A manager set whether a product is suggested first if allowed (`pinned`), never (`banned`), or normally."""

    sku: str
    rule: Rule


class SuggestionsCounted(Event, frozen=True):
    """Numbers of suggestions shown (`suggested`), taken and dismissed since the last such event.

    They're counted by business day, surface and register ("": none).
    """

    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
    surface: Literal["till", "kiosk", "phone", "api"]
    at_register: str
    suggested: Count
    taken: Count
    waved: Count


EVENTS: tuple[type[Event], ...] = (
    RecommendationsTrained,
    RecommendationsReverted,
    SuggestionRuleSet,
    SuggestionsCounted,
)
