"""Decide whether a sentence in the stock chat is a manager's question. Pure."""

from __future__ import annotations

from typing import Literal

from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.sentence import Kind

Asks = Literal["surely", "maybe", "no"]
OPEN: tuple[Kind, ...] = ("other", "held", "stock")
"""Kinds of sentences that the grammar leaves to other readers."""


def asks_figures(kind: Kind, looked_up: LookedUp, did: bool) -> Asks:
    """Whether a sentence of this kind asks for figures. Movements, corrections (if it `did` something) and questions
    about current stock don't.

    >>> [asks_figures(kind, LookedUp(()), False) for kind in ("act", "other")]
    ['no', 'maybe']
    """
    if looked_up.errand is not None:
        return "surely" if looked_up.errand.errand.kind == "figures" and kind in (*OPEN, "act") else "no"
    if did and looked_up.correction is not None:
        return "no"
    reading = looked_up.reading
    moves = reading is not None and reading.clauses[0].verb != "held"
    of_goods = kind == "stock" and any(one.kind != "none" for one in looked_up.found)
    return "no" if moves or of_goods or kind not in OPEN else "maybe"
