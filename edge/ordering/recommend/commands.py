"""What can be asked of suggestions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.product import Sku
from edge.ordering.recommend.events import RecommendationsTrained, Rule
from edge.people.customers.commands import CustomerId

VIEWS_MOST = 200
Happened = Literal["shown", "taken", "waved"]
SET_PATTERN = r"^(till|kiosk|phone|api)-[0-9a-f]{16}$(?!\n)"
"""A set of suggestions: on which surface, and a digest of what was in it."""
SetId = Annotated[str, msgspec.Meta(pattern=SET_PATTERN, examples=["till-0123456789abcdef"])]


class TrainRecommendations(Command, frozen=True):
    """Count what goes with what, in the background; the job's id. One runs at a time: another one gets it."""


class FinishRecommendations(Command, frozen=True):
    """What a training came to; of the same baskets it is no news."""

    trained: RecommendationsTrained


class RevertRecommendations(Command, frozen=True):
    """One step back: to the model that was in use before."""


class SetSuggestionRule(Command, frozen=True):
    """Let a product be suggested first where it may be (`pinned`, at most ten), never (`banned`), or as it comes."""

    sku: Sku
    rule: Rule


class NoteSuggestion(Command, frozen=True):
    """What became of suggestions: they were shown, one was taken, or waved away. Counted by week; of nobody."""

    set: SetId
    outcome: Happened
    count: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1


class NoteInteractions(Command, frozen=True):
    """What a customer looked at, kept for 30 days where they consent to a profile; what they bought is known."""

    customer: CustomerId
    viewed_products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=VIEWS_MOST)] = ()
    purchased_products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=VIEWS_MOST)] = ()
