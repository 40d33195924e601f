"""Spelling suggestions: catalogue words that may be meant by a mistyped word."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz.distance import OSA
else:
    OSA = LateModule("rapidfuzz.distance.OSA")

BROKEN_OFF = 0.5
"""Cost of an unfinished word without other errors."""

CANDIDATES = 100
"""Maximum words to compare, starting with those that share the most trigrams."""

PROPOSED = 4
"""Maximum suggestions per word."""

PART_LETTERS, APART_LETTERS = 3, 24
"""Minimum length of each of two words written together, and maximum length of both."""

_KNOWN = "SELECT word FROM search_word WHERE word IN (SELECT value FROM json_each(?))"
_HAVING = "SELECT rowid FROM search_spelling WHERE search_spelling MATCH ?"
_WORDS = "SELECT w.word FROM json_each(?) j JOIN search_word w ON w.id = j.value"


def suggest_spellings(db: Connection, word: str, unfinished: bool) -> list[str]:
    """Catalogue words within a few typing errors, the nearest first, without `word` itself.

    An error is a letter omitted, inserted, replaced or transposed with the next (restricted Damerau, "optimal string
    alignment"). `unfinished`: the missing rest of a longer word isn't an error.
    """
    if not word.isalpha() or len(word) < 2:
        return []
    limit = errors_allowed(len(word))
    near = []
    for known in _alike(db, f"  {word}" if unfinished else f"  {word} "):
        errors: float = OSA.distance(word, known, score_cutoff=limit)
        if errors > limit and unfinished and len(known) > len(word):
            begun = (known[: len(word) + more] for more in (-1, 0, 1))
            errors = min(OSA.distance(word, part, score_cutoff=limit) for part in begun) + BROKEN_OFF
        if known != word and errors <= limit:
            near.append((errors, known[0] != word[0], known))
    return [known for _, _, known in sorted(near)[:PROPOSED]]


def apart(db: Connection, word: str) -> tuple[str, ...]:
    """The two catalogue words that were written as one, split as evenly as possible; empty if there are none."""
    if not word.isalpha() or not 2 * PART_LETTERS <= len(word) <= APART_LETTERS:
        return ()
    ends = sorted(range(PART_LETTERS, len(word) - PART_LETTERS + 1), key=lambda end: abs(2 * end - len(word)))
    halves = [(word[:end], word[end:]) for end in ends]
    known = {one for (one,) in db.execute(_KNOWN, (json_text({half for pair in halves for half in pair}),))}
    return next((pair for pair in halves if known.issuperset(pair)), ())


def _alike(db: Connection, padded: str) -> list[str]:
    """Words that share the most trigrams. FTS5 can't rank them: its `detail = none` counts nothing."""
    shared: Counter[int] = Counter()
    for gram in {padded[at : at + 3] for at in range(len(padded) - 2)}:
        shared.update(id for (id,) in db.execute(_HAVING, (f'"{gram}"',)))
    ids = [id for id, _ in shared.most_common(CANDIDATES)]
    return [word for (word,) in db.execute(_WORDS, (json_text(ids),))]


def errors_allowed(length: int) -> int:
    """The number of typing errors at which a word of this length can still be recognised.

    >>> [errors_allowed(length) for length in (2, 4, 5, 8, 9)]
    [1, 1, 2, 2, 3]
    """
    return 1 if length < 5 else 2 if length < 9 else 3
