"""Questions that a command asks back, and the yes to each of them. Pure.

A rule asks where it would else refuse: `ask("more_than_ordered", {"sku": ..., "open": ..., "came": ...})`. Whoever was
shown that question, with just these values, and said yes is not asked again; a yes to another question is none to this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from edge.core.messages import Refusal

_encode = msgspec.json.Encoder(order="deterministic").encode
DIGEST_BYTES = 8
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
"""A digest has no digits: some would be taken for the number of a card."""


class Ask(Protocol):
    """Asks a question: a refusal's `code` and `values`, and what else it is `about` without being shown."""

    def __call__(self, code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
        """Nothing, where that was answered. `Refusal`, with its `answer`: it is still to be asked."""


class Confirmations:
    """What was said yes to: asks what was not."""

    __slots__ = ("_answered",)

    def __init__(self, answered: Iterable[str] = ()) -> None:
        self._answered = frozenset(answered)

    def __call__(self, code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
        answer = answer_to(code, values or {}, about)
        if answer not in self._answered:
            raise Refusal(code, values, answer)

    def answered(self, answers: Iterable[str]) -> Confirmations:
        """Asks none of these either."""
        return Confirmations(self._answered.union(answers)) if answers else self


def ask_nobody(code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
    """An `Ask` for what no person asked for, or was scanned: nothing is asked."""


def refuse(code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
    """An `Ask` for whoever may not say yes. `Refusal`: always, and no answer helps."""
    raise Refusal(code, values)


def answer_to(code: str, values: Mapping[str, str | int], about: object = None) -> str:
    """What says yes to a question: its code, and a digest of all that it is about."""
    digest = hashlib.blake2b(_encode([code, values, about]), digest_size=DIGEST_BYTES).hexdigest()
    return f"{code}:{digest.translate(_LETTERS)}"
