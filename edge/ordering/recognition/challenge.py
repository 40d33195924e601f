"""Words that are said now: four of forty, so that what was recorded before is of no use. Pure, but for the file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

ASKED = 4
WITHIN_S = 10
"""How long saying them may take."""


@cache
def words_of(language: str) -> tuple[str, ...]:
    """Of which words are asked for in a language; none: nobody is asked in it."""
    text = files("edge.ordering.recognition").joinpath("challenge_words.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text).get(language, ()))


def draw_words(language: str, below: Callable[[int], int]) -> tuple[str, ...]:
    """ASKED words, each once; `below(n)` is a random number of 0 to n - 1."""
    left, found = list(words_of(language)), list[str]()
    while left and len(found) < ASKED:
        found.append(left.pop(below(len(left))))
    return tuple(found)


def was_said(asked: Sequence[str], heard: str) -> bool:
    """Whether what was heard are these words, in their order and nothing else."""
    return bool(asked) and heard.casefold().split() == [word.casefold() for word in asked]
