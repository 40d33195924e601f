"""What a word and a sentence look like to the tagger: names of features, hashed to rows of its weights. Pure.

Training and running read the same functions: whoever changes one trains again (`VERSION`).
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

VERSION = 1
ROWS = 1 << 15
"""Rows of weights; two features that fall into the same one share it."""
WORDS = 256
"""What stands behind so many words is not looked at."""
_LONGEST = 24
_GRAM = 3
EDGE = ("^", "$")


def rows_of_words(words: Sequence[str], marks: Sequence[str], language: str) -> list[list[int]]:
    """For each word the rows of its features. `marks`: what vocabularies know of each word, a letter for each thing.

    >>> [len(one) > 20 for one in rows_of_words(("took", "3"), ("o", "n"), "en")]
    [True, True]
    """
    said = [word[:_LONGEST] for word in words[:WORDS]]
    known = list(marks[:WORDS])
    before = _known_before(known)
    behind = _known_before(known[::-1])[::-1]
    return [_rows(_of_word(said, known, at, language, before[at], behind[at])) for at in range(len(said))]


def rows_of_sentence(words: Sequence[str], marks: Sequence[str], language: str) -> list[int]:
    """The rows of what the whole sentence looks like: its words, pairs of them, and what is known of them."""
    said = [*(word[:_LONGEST] for word in words[:WORDS])]
    shapes = [mark or _shape(word) for word, mark in zip(said, marks, strict=False)]
    names = {"language " + language}
    names |= {f"w {word}" for word in said}
    names |= {f"ww {one} {two}" for one, two in zip((EDGE[0], *said), (*said, EDGE[1]), strict=True)}
    names |= {f"m {mark}" for mark in shapes}
    names |= {f"mm {one} {two}" for one, two in zip((EDGE[0], *shapes), (*shapes, EDGE[1]), strict=True)}
    names |= {f"wm {one} {two}" for one, two in zip(said, (*shapes[1:], EDGE[1]), strict=False)}
    names |= {f"first {word} {at}" for at, word in enumerate(said[:3])}
    names |= {f"last {word}" for word in said[-2:]}
    return _rows(sorted(names))


def _rows(names: Sequence[str]) -> list[int]:
    return [crc32(name.encode("utf-8", "surrogatepass")) % ROWS for name in names]


def _known_before(marks: Sequence[str]) -> list[str]:
    """Which marks of acts, numbers, goods and contexts stand before each word."""
    met: set[str] = set()
    found: list[str] = []
    for mark in marks:
        found.append("".join(sorted(met)))
        met |= {one for one in mark if one in "oiwangc"}
    return found


def _of_word(words: Sequence[str], marks: Sequence[str], at: int, language: str, before: str, behind: str) -> list[str]:
    word, mark = words[at], marks[at]
    one, two = _at(words, at - 1), _at(words, at - 2)
    next_one, next_two = _at(words, at + 1), _at(words, at + 2)
    mark_one, mark_two = _at(marks, at - 1), _at(marks, at - 2)
    mark_next, mark_after = _at(marks, at + 1), _at(marks, at + 2)
    names = [
        "bias",
        "l " + language,
        f"w {word}",
        f"w-1 {one}",
        f"w+1 {next_one}",
        f"w-2 {two}",
        f"w+2 {next_two}",
        f"w-1w {one} {word}",
        f"ww+1 {word} {next_one}",
        f"m {mark}",
        f"m-1 {mark_one}",
        f"m+1 {mark_next}",
        f"m-2 {mark_two}",
        f"m+2 {mark_after}",
        f"m-1m {mark_one} {mark}",
        f"mm+1 {mark} {mark_next}",
        f"m-1mm+1 {mark_one} {mark} {mark_next}",
        f"m-2m-1m {mark_two} {mark_one} {mark}",
        f"mm+1m+2 {mark} {mark_next} {mark_after}",
        f"w-1m {one} {mark}",
        f"mw+1 {mark} {next_one}",
        f"w-2w-1m {two} {one} {mark}",
        f"before {before} {mark}",
        f"behind {behind} {mark}",
        f"around {before} {behind}",
        f"s {_shape(word)} {mark}",
        f"s-1 {_shape(one)}",
        f"first {at == 0} {mark}",
        f"last {at == len(words) - 1} {mark}",
        *(f"p{length} {word[:length]}" for length in (1, 2, 3, 4) if len(word) > length),
        *(f"e{length} {word[-length:]}" for length in (1, 2, 3, 4) if len(word) > length),
    ]
    return names + [f"g {word[start : start + _GRAM]}" for start in range(1, min(len(word) - _GRAM, 6))]


def _at(words: Sequence[str], at: int) -> str:
    if at < 0:
        return EDGE[0]
    return words[at] if at < len(words) else EDGE[1]


def _shape(word: str) -> str:
    """Digits, a sign, or letters of which writing."""
    if not word or word in EDGE:
        return word
    first = word[0]
    if first.isdigit():
        return "9" if word.isdigit() else "9x"
    if not first.isalpha():
        return "."
    return "h" if "\u0590" <= first <= "\u05ff" else "a" if first.isascii() else "o"
