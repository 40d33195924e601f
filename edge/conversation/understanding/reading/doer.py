"""Decide whether the speaker reports their own act, which makes it certain. Pure."""

from __future__ import annotations

from edge.conversation.understanding.reading.model import SaidAct
from edge.conversation.understanding.reading.pieces import Cut
from edge.conversation.understanding.reading.statement_words import length_at, statement_words

MOVES = frozenset({"out", "in", "waste"})
FIRST_PERSON = ("תי", "נו")
"""Endings of Hebrew verbs: "I did", "we did"."""


def is_own_act(cut: Cut, act: SaidAct) -> bool:
    """Whether the speaker directly precedes the verb or is part of it: "je sors trois bagels", "on en a filé deux".

    This includes the Hebrew first person of the past. "I gave" is certain only with a recipient (`is_handed_to`).
    """
    said, words, begin = statement_words(cut.language), cut.words, act.source.begin
    if act.kind not in MOVES:
        return False
    if (words[begin],) in said.selves:
        return True
    if said.language == "he" and words[begin].endswith(FIRST_PERSON):
        return words[begin : act.source.end] not in said.handed
    if begin == 0:
        return False
    at = begin - 1
    while at > 0 and (words[at],) in said.little and (words[at],) not in said.selves:
        at -= 1
    return bool(length_at(said.selves, words, at))
