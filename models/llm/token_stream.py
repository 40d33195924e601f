"""Streaming of an answer: stop strings, timing, and the reason it ended. Shared by all engines."""

from __future__ import annotations

import time
from typing import Literal

from models.engine import Turn
from models.errors import Refused
from models.kinds import Complete, Completed, Token
from models.llm.schema import grammar_of
from models.llm.stops import Stops

GRAMMAR_BYTES = 64 * 1024
"""Maximum size of a grammar; longer ones are refused."""


class TokenStream:
    """One answer, timed from its creation."""

    def __init__(self, request: Complete, turn: Turn[Token]) -> None:
        self._turn = turn
        self._stops = Stops(request.stop)
        self._pieces: list[str] = []
        self._began_s = time.monotonic()
        self._first_ms = 0.0

    @property
    def is_stopped(self) -> bool:
        """Whether a stop string was found."""
        return self._stops.matched

    def write(self, text: str) -> None:
        """Add generated text of whole characters. Raises Stopped."""
        self._first_ms = self._first_ms or self._ms()
        if out := self._stops.take(text):
            self._pieces.append(out)
            self._turn.emit(Token(out))

    def finish(self, ended: Literal["end", "length"], prompt_tokens: int, tokens: int, cached: int) -> Completed:
        if rest := self._stops.rest():
            self._pieces.append(rest)
            self._turn.emit(Token(rest))
        why: Literal["end", "stop", "length"] = "stop" if self.is_stopped else ended
        return Completed("".join(self._pieces), prompt_tokens, tokens, why, cached, self._first_ms, self._ms())

    def _ms(self) -> float:
        return (time.monotonic() - self._began_s) * 1000


def grammar_for(request: Complete) -> str:
    """The GBNF that constrains the answer, or "". Raises Refused."""
    if request.schema and request.grammar:
        raise Refused("An answer can use a schema or a grammar, not both.", "Send one of them.")
    if len(request.grammar.encode()) > GRAMMAR_BYTES:
        raise Refused(f"The answer's grammar is longer than {GRAMMAR_BYTES} bytes.", "Send a shorter one.")
    return grammar_of(request.schema) if request.schema else request.grammar
