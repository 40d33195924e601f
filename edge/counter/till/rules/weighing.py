"""What a scale shows, and whether it may be paid for. Pure, but for what it remembers of one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from drivers.roles import Weight
from edge.core.messages import Refusal

TARE = "tare_g"
"""The attribute of a product that says what its packing weighs, in grams."""
TARE_MOST_G = 20_000
SAME_G = 20
"""A weight that moves by less than this is still the same goods."""


class AttributeText(Protocol):
    """An attribute of a product."""

    @property
    def text(self) -> str: ...


class CounterScale:
    """One register's scale as the till knows it.

    `weight` is what it shows (None: it is not there). `tare_g` is what the till itself takes off for packing, beside
    what the scale does. A weight is paid for once: between two lines another one must have been shown.
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
        """All that is taken off, by the scale and here."""
        return self.tare_g + (self.weight.tare_g if self.weight else 0)

    def show(self, weight: Weight | None) -> bool:
        """What it shows from now on; whether that is another than before."""
        before, self.weight = self.weight, weight
        if self._taken is not None and (weight is None or _is_other(weight, self._taken)):
            self._taken = None
        return weight != before

    def why_not(self) -> Refusal | None:
        """Why what it shows may not be paid for; None: it may."""
        if self.weight is None:
            return Refusal("scale_lost")
        if self.weight.state != "stable":
            return Refusal({"over": "scale_over", "under": "scale_under"}.get(self.weight.state, "scale_moving"))
        if self.net_g <= 0:
            return Refusal("weight_not_positive")
        if self._taken is not None:
            return Refusal("weight_taken")
        return None
        return None

    def take(self) -> None:
        """It was paid for; packing is weighed anew for the next goods."""
        self._taken = self.weight.net_g if self.weight else None
        self.tare_g = 0


def tare_of(attributes: Mapping[str, AttributeText]) -> int:
    """What the packing of a product weighs, as the catalogue says; 0 where it does not, or says nonsense."""
    said = attributes.get(TARE)
    text = said.text.strip() if said else ""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= TARE_MOST_G else 0


def _is_other(weight: Weight, taken_g: int) -> bool:
    if weight.state == "stable":
        return weight.net_g != taken_g
    return weight.state != "moving" or abs(weight.net_g - taken_g) > SAME_G
