"""Words that somebody who typed another one may have meant."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from edge.core.database import Connection

CANDIDATES = 200
"""Words with trigrams in common that are measured; those with the most in common come first."""

PROPOSED = 4
"""Words that one word may have been meant as."""

_WORDS = """
    SELECT w.word FROM search_spelling s JOIN search_word w ON w.id = s.rowid
    WHERE search_spelling MATCH ? ORDER BY s.rank LIMIT ?
"""


def meant(db: Connection, word: str, unfinished: bool) -> list[str]:
    """Words of the catalogue that are a typing error or a few away, the nearest first; `word` itself is none.

    Errors are counted as letters left out, put in, changed or exchanged with the next (Damerau,
    restricted: "optimal string alignment"). `unfinished`: the rest of a longer word is no error.
    """
    if not word.isalpha() or len(word) < 2:
        return []
    padded = f"  {word}" if unfinished else f"  {word} "
    grams = " OR ".join(f'"{padded[at : at + 3]}"' for at in range(len(padded) - 2))
    near = []
    for (known,) in db.execute(_WORDS, (grams, CANDIDATES)):
        limit = errors_allowed(len(word))
        errors: float = OSA.distance(word, known, score_cutoff=limit)
        if errors > limit and unfinished and len(known) > len(word):
            errors = min(OSA.distance(word, known[: len(word) + more], score_cutoff=limit) for more in (-1, 0, 1)) + 0.5
        if known != word and errors <= limit:
            near.append((errors, known[0] != word[0], known))
    return [known for _, _, known in sorted(near)[:PROPOSED]]


def errors_allowed(length: int) -> int:
    """Typing errors in a word of this length behind which it can still be recognised.

    >>> [errors_allowed(length) for length in (2, 4, 5, 8, 9)]
    [1, 1, 2, 2, 3]
    """
    return 1 if length < 5 else 2 if length < 9 else 3
