"""Commands of recommendations."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.product import Sku
from edge.ordering.recommend.events import RecommendationsTrained, Rule
from edge.people.customers.commands import CustomerId

VIEWS_MOST = 200
PAST_MOST, PAST_AT_ONCE = 200, 20
"""Maximum past purchases per customer, and maximum customers per command."""
Happened = Literal["shown", "taken", "waved"]
SET_PATTERN = r"^(till|kiosk|phone|api)-[0-9a-f]{16}$(?!\n)"
"""The id of a set of suggestions: its surface, and a digest of its content."""
SetId = Annotated[str, msgspec.Meta(pattern=SET_PATTERN, examples=["till-0123456789abcdef"])]


class TrainRecommendations(Command, frozen=True):
    """Train product pairs in the background; returns the job's id.

    If a training is already running, its id is returned.
    """


class FinishRecommendations(Command, frozen=True):
    """Record the result of a training. If the baskets haven't changed, no event is written."""

    trained: RecommendationsTrained


class RevertRecommendations(Command, frozen=True):
    """Go back to the previously deployed model."""


class SetSuggestionRule(Command, frozen=True):
    """Set whether a product is suggested first if allowed (`pinned`), never (`banned`), or normally.

    At most ten products can be pinned.
    """

    sku: Sku
    rule: Rule


class NoteSuggestion(Command, frozen=True):
    """Count an outcome of suggestions: shown, taken or dismissed.

    Counts are by day, without people. The first outcome of another day records them in the journal.
    """

    set: SetId
    outcome: Happened
    count: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1


class PastPurchase(msgspec.Struct, frozen=True, array_like=True):
    """A customer's purchases of a product on a day.

    `quantity`: in thousandths, negative if more was returned than bought.
    """

    sku: Sku
    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
    quantity: Annotated[int, msgspec.Meta(ge=-(10**10), le=10**10)]


class PastCustomer(msgspec.Struct, frozen=True):
    """A customer's purchases at another system."""

    customer: CustomerId
    rows: Annotated[tuple[PastPurchase, ...], msgspec.Meta(max_length=PAST_MOST)]


class NotePastPurchases(Command, frozen=True):
    """Store customers' purchases at the shop's previous system.

    `move`: the job that imports them. Returns the number of purchases of known products by known customers.
    """

    move: Number
    people: Annotated[tuple[PastCustomer, ...], msgspec.Meta(max_length=PAST_AT_ONCE)]


class RemovePastPurchases(Command, frozen=True):
    """Delete up to `most` of the purchases that a move imported; returns their number."""

    move: Number
    most: Annotated[int, msgspec.Meta(ge=1, le=PAST_MOST)] = PAST_MOST


class NoteInteractions(Command, frozen=True):
    """Record products that a customer viewed.

    They're kept for 30 days, with consent to a profile. Purchases needn't be recorded, because they're known already.
    """

    customer: CustomerId
    viewed_products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=VIEWS_MOST)] = ()
    purchased_products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=VIEWS_MOST)] = ()
