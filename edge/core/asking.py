"""Confirmation questions that a command asks, and the answers to them. Pure.

A rule that would otherwise refuse calls `ask("more_than_ordered", {"sku": ..., "open": ..., "came": ...})`. A user who
has confirmed exactly these values isn't asked again; a different question needs its own confirmation.
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
"""Alphabet of the digest: letters only, because digits could look like a card number."""


class Ask(Protocol):
    """Asks for confirmation with a refusal's `code` and `values`. The answer also covers `about`, which isn't
    displayed."""

    def __call__(self, code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
        """Return None once the question is answered. Raises `Refusal` with the expected `answer` until then."""


class Confirmations:
    """The answers that the user has confirmed; any other question is asked."""

    __slots__ = ("_answered",)

    def __init__(self, answered: Iterable[str] = ()) -> None:
        self._answered = frozenset(answered)

    def __call__(self, code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
        answer = confirmation_token(code, values or {}, about)
        if answer not in self._answered:
            raise Refusal(code, values, answer)

    def with_answers(self, answers: Iterable[str]) -> Confirmations:
        """Return a copy that treats `answers` as confirmed too."""
        return Confirmations(self._answered.union(answers)) if answers else self


def ask_nobody(code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
    """An `Ask` that never asks: for automatic commands and scans without a user to answer."""


def refuse(code: str, values: Mapping[str, str | int] | None = None, about: object = None) -> None:
    """An `Ask` for users who may not confirm: always raises `Refusal`, without an `answer`."""
    raise Refusal(code, values)


def confirmation_token(code: str, values: Mapping[str, str | int], about: object = None) -> str:
    """Token that confirms a question: its code, and a digest of all its values."""
    digest = hashlib.blake2b(_encode([code, values, about]), digest_size=DIGEST_BYTES).hexdigest()
    return f"{code}:{digest.translate(_LETTERS)}"
