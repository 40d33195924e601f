"""Random words to say: four of forty, so that old recordings can't be used. Pure, except for the file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

ASKED = 4
WITHIN_S = 10
"""Seconds within which the words must be said."""


@cache
def words_of(language: str) -> tuple[str, ...]:
    """The words of a language; empty if it has none."""
    text = files("edge.ordering.recognition").joinpath("challenge_words.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text).get(language, ()))


def draw_words(language: str, below: Callable[[int], int]) -> tuple[str, ...]:
    """Draw ASKED distinct words; `below(n)` is a random number from 0 to n - 1."""
    left, found = list(words_of(language)), list[str]()
    while left and len(found) < ASKED:
        found.append(left.pop(below(len(left))))
    return tuple(found)


def was_spoken(asked: Sequence[str], heard: str) -> bool:
    """Whether exactly these words were heard, in order."""
    return bool(asked) and heard.casefold().split() == [word.casefold() for word in asked]
