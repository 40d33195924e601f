"""Changes by position or to the whole basket: "forget the first thing", "make it 4 and 2", "double everything", "leave
it as it was"."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.reading.basket_goods import POINTS, TIMES, names_of, without_stops
from edge.conversation.understanding.reading.basket_words import BasketPart
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import BasketChange
from edge.lib.units.quantity import THOUSANDTHS

COUNTED_MOST = 4
"""Maximum number of lines that one sentence gives a quantity each."""


def read_line_change(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """The change; None if products are named, or if it has no position, "all" or reference to the earlier state."""
    kept = without_stops(parts)
    if names_of(kept):
        return None
    roles = {one.role for one in kept}
    if "kept" in roles or "restored" in roles:
        plain = roles <= {"kept", "restored", "only", "turn", "denied", "behind", *POINTS}
        back = BasketChange("back" if "restored" in roles else "stands", linker.language)
        return back if plain else None
    if "all" in roles:
        return _of_all(kept, linker)
    return _at_place(kept, linker) if "place" in roles else _in_order(kept, linker)


def _of_all(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """ "All of that twice", "half of everything"."""
    roles = {one.role for one in parts}
    said = roles & {*TIMES}
    if len(said) != 1 or not roles <= {*said, "all", "only", "turn", *POINTS}:
        return None
    return BasketChange("times", linker.language, TIMES[said.pop()], every=True, loose=True)


def _at_place(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """ "Forget the first thing", "just one of the last", "double the second"."""
    places = [one.value for one in parts if one.role == "place"]
    numbers = [one for one in parts if one.role == "number"]
    roles = {one.role for one in parts} - {"place", "little", "unit", *POINTS}
    if len(places) != 1 or len(numbers) > 1:
        return None
    number = numbers[0] if numbers else None
    whole = number is None or number.unit or (number.value > 0 and number.value % THOUSANDTHS == 0)
    change = BasketChange("less", linker.language, at=places[0])
    if number is None and roles - {"only"} in ({"drop"}, {"carry", "away"}):  # "nah, drop the first thing"
        return change
    if number is None and len(said := roles & {*TIMES}) == 1 and roles <= {*said, "only", "turn"}:
        return msgspec.structs.replace(change, change="times", amount=TIMES[said.pop()])
    if number is not None and whole and roles & {"only", "turn"} and roles <= {"only", "turn", "number"}:
        return msgspec.structs.replace(change, change="set", amount=number.value, unit=number.unit)
    return None


def _in_order(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """ "Make it 4 and 2": the quantity of each line, in the order added."""
    numbers = [at for at, one in enumerate(parts) if one.role == "number"]
    if not 2 <= len(numbers) <= COUNTED_MOST or not {one.role for one in parts} <= {"number", "little", "turn", "only"}:
        return None
    between = parts[numbers[0] : numbers[-1] + 1]
    if not any(one.role == "turn" for one in parts) or any(one.role in ("turn", "only") for one in between):
        return None  # "three, no, four"
    if any(parts[at].unit or parts[at].value <= 0 or parts[at].value % THOUSANDTHS for at in numbers):
        return None
    each = [
        BasketChange("set", linker.language, parts[at].value, at=place, among=len(numbers))
        for place, at in enumerate(numbers, 1)
    ]
    return msgspec.structs.replace(each[0], also=(*each[1:],))
