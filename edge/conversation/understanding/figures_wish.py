"""Decide whether a sentence in the stock chat is a manager's question. Pure."""

from __future__ import annotations

from typing import Literal

from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.sentence import Sentence

Asks = Literal["surely", "maybe", "no"]


def asks_figures(said: Sentence, looked_up: LookedUp, did: bool) -> Asks:
    """Whether a sentence asks for figures. Movements, corrections (if it `did` something) and questions about current
    stock don't.

    >>> [asks_figures(Sentence(kind, "en"), LookedUp(()), False) for kind in ("act", "other")]
    ['no', 'maybe']
    """
    if looked_up.errand is not None:
        return "surely" if looked_up.errand.errand.kind == "figures" and _is_open(said) else "no"
    if did and looked_up.correction is not None:
        return "no"
    reading = looked_up.reading
    moves = reading is not None and reading.clauses[0].verb != "held"
    of_goods = said.kind == "stock" and any(one.kind != "none" for one in looked_up.found)
    return "no" if moves or of_goods or said.kind not in ("other", "held", "stock") else "maybe"


def _is_open(said: Sentence) -> bool:
    """Whether the counter has no answer of its own; it answers prices, hours and orders itself."""
    if said.kind == "fact":
        return said.clauses[0].verb in ("compare", "recommend")
    return said.kind in ("other", "held", "stock", "act")
