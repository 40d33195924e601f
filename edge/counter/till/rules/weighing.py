"""A scale's reading, and whether it can be used for a sale. Pure, except for its memory of one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from drivers.roles import Weight
from edge.core.messages import Refusal

TARE = "tare_g"
"""The product attribute with the weight of its packaging, in grams."""
TARE_MOST_G = 20_000
SAME_G = 20
"""Weight changes below this (grams) count as the same goods."""


class AttributeText(Protocol):
    """An attribute of a product, with its text."""

    @property
    def text(self) -> str: ...


class CounterScale:
    """A register's scale as the till knows it.

    `weight` is its reading (None: disconnected). `tare_g` is the till's own tare, in addition to the scale's. A weight
    can be paid for once: the reading must change before the next line.
    """

    def __init__(self) -> None:
        self.weight: Weight | None = None
        self.tare_g = 0
        self._taken: int | None = None

    @property
    def net_g(self) -> int:
        return self.weight.net_g - self.tare_g if self.weight else 0

    @property
    def packing_g(self) -> int:
        """The total tare of scale and till, in grams."""
        return self.tare_g + (self.weight.tare_g if self.weight else 0)

    def show(self, weight: Weight | None) -> bool:
        """Set the reading; returns whether it changed."""
        before, self.weight = self.weight, weight
        if self._taken is not None and (weight is None or _is_other(weight, self._taken)):
            self._taken = None
        return weight != before

    def why_not(self) -> Refusal | None:
        """The refusal if the reading can't be paid for; None if it can."""
        if self.weight is None:
            return Refusal("scale_lost")
        if self.weight.state != "stable":
            return Refusal({"over": "scale_over", "under": "scale_under"}.get(self.weight.state, "scale_moving"))
        if self.net_g <= 0:
            return Refusal("weight_not_positive")
        if self._taken is not None:
            return Refusal("weight_taken")
        return None

    def take(self) -> None:
        """Mark the weight as paid for and reset the tare."""
        self._taken = self.weight.net_g if self.weight else None
        self.tare_g = 0


def tare_of(attributes: Mapping[str, AttributeText]) -> int:
    """A product's packaging weight from the catalogue; 0 if missing or invalid."""
    said = attributes.get(TARE)
    text = said.text.strip() if said else ""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= TARE_MOST_G else 0


def _is_other(weight: Weight, taken_g: int) -> bool:
    if weight.state == "stable":
        return weight.net_g != taken_g
    return weight.state != "moving" or abs(weight.net_g - taken_g) > SAME_G
