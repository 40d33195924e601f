"""Search index: updates and lookups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

import msgspec

from edge.core.storage.database import Connection, blob
from edge.goods.catalog.categories.queries import regulated_kinds
from edge.goods.search.query.terms import QueryTerm, match_all
from edge.goods.search.query.text import terms_of, words_of
from edge.goods.search.vectors import pack_vectors

CODE_TAIL_CHARS = 14
"""Number of final characters of a code to index."""

NAME_CHARS = 60
"""Number of first characters of a name to index as a whole."""

SPELT_LETTERS = range(3, 25)
"""Lengths of words that can be suggested for a misspelt word."""

SHORT_WORDS = 3
"""Maximum words in a short name, including sizes."""

# Terms that can't be words: they start with "%", which only ends sizes, or with a point
RETIRED, SHORT = "%retired", "%short"
CODE, NAME = "%", "."
"""Prefixes of the index terms for reversed codes and for whole names."""

MORE_TEXTS = 4_096
"""Number of brands, categories and similar texts whose words are cached while products are written."""

MATCHED = 20_000
"""Maximum products with a query's words that are checked against its conditions and sales."""

_NEAR = "SELECT id FROM search_vector WHERE vector MATCH vec_bit(?) AND k = ?"
_MATCH = "SELECT rowid FROM search_text WHERE search_text MATCH ? LIMIT ?"
_RATED = """
    SELECT p.id, p.category, sum(r.rating), count(*) FROM product p
    JOIN review r ON r.sku = p.sku AND r.state = 'published'
    WHERE p.id IN (SELECT value FROM json_each(?)) GROUP BY p.id
"""
_HOT = "SELECT id FROM search_sold ORDER BY heat DESC LIMIT ?"
_WORDS = """
    SELECT p.id, p.words, s.heat FROM json_each(?) j JOIN search_product p ON p.id = j.value
    LEFT JOIN search_sold s ON s.id = p.id WHERE p.retired <= ?
"""
_PUT = """
    INSERT INTO search_product (id, words, retired) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, retired = excluded.retired
"""


class ProductFilter(Protocol):
    """Conditions on products, by id."""

    def of(self, ids: Collection[int]) -> set[int]:
        """Matching ids among these."""

    def all(self) -> set[int]:
        """All matching ids."""


class IndexedDocument(msgspec.Struct, frozen=True):
    """A product's searchable data: `names` in all languages; `more`: brand, category and other descriptions."""

    id: int
    names: Sequence[str]
    more: Sequence[str] = ()
    codes: Sequence[str] = ()
    retired: bool = False


def write(db: Connection, documents: Sequence[IndexedDocument]) -> None:
    """Insert or replace products in the index."""
    ids = [document.id for document in documents]
    known = db.execute("SELECT id FROM search_product WHERE id IN (SELECT value FROM json_each(?))", (_json(ids),))
    old = known.fetchall()
    db.executemany("DELETE FROM search_text WHERE rowid = ?", old)
    db.executemany("DELETE FROM search_vector WHERE id = ?", old)
    named = [[words_of(name) for name in document.names] for document in documents]
    more = [chain.from_iterable(map(_words_of, document.more)) for document in documents]
    texts = [[*names, list(rest)] for names, rest in zip(named, more, strict=True)]
    lines = ["\n".join(" ".join(words) for words in text) for text in texts]
    rows = zip(documents, lines, strict=True)
    db.executemany(_PUT, [(document.id, words, int(document.retired)) for document, words in rows])
    terms = [_terms(document, text) for document, text in zip(documents, texts, strict=True)]
    db.executemany("INSERT INTO search_text (rowid, terms) VALUES (?, ?)", zip(ids, terms, strict=True))
    vectors = map(blob, pack_vectors([line.rpartition("\n")[0] for line in lines]))
    db.executemany("INSERT INTO search_vector (id, vector) VALUES (?, vec_bit(?))", zip(ids, vectors, strict=True))
    _spell(db, {word for text in texts for words in text for word in words})


def all_of(
    db: Connection, wanted: Sequence[QueryTerm], limit: int, retired: bool, within: ProductFilter | None = None
) -> list[int]:
    """Products with all these words, oldest first; only products in `within`, if given."""
    return _matching(db, match_all(wanted), limit, retired, within)


def short_of(
    db: Connection, wanted: Sequence[QueryTerm], limit: int, retired: bool, within: ProductFilter | None = None
) -> list[int]:
    """Products with all these words and a short name."""
    return _matching(db, f'{match_all(wanted)} AND "{SHORT}"', limit, retired, within)


def beginning(
    db: Connection, words: Sequence[str], limit: int, retired: bool, within: ProductFilter | None = None
) -> list[int]:
    """Products with a name that begins with these words; the last may be incomplete."""
    return _matching(db, f'"{_whole(words)}"*', limit, retired, within)


def ending(db: Connection, code: str, limit: int, retired: bool) -> list[int]:
    """Products with a code that ends in these characters."""
    return _matching(db, f'"{_tail(code)}"*', limit, retired, None)


def fulfilling(ids: list[int], within: ProductFilter | None) -> list[int]:
    """The ids that match the condition, in the same order."""
    if within is None:
        return ids
    good = within.of(ids)
    return [id for id in ids if id in good]


def _matching(db: Connection, match: str, limit: int, retired: bool, within: ProductFilter | None) -> list[int]:
    sold = match if retired else f'({match}) NOT "{RETIRED}"'
    found = [id for (id,) in db.execute(_MATCH, (sold, limit if within is None else MATCHED))]
    return fulfilling(found, within)[:limit]


def is_known(db: Connection, one: QueryTerm) -> bool:
    """Whether a product has the word, or a word with that prefix; very short and long words count as known."""
    if len(one.word) not in SPELT_LETTERS:
        return True
    if not one.open:
        return db.execute("SELECT 1 FROM search_word WHERE word = ?", (one.word,)).fetchone() is not None
    first = db.execute("SELECT word FROM search_word WHERE word >= ? ORDER BY word LIMIT 1", (one.word,)).fetchone()
    return first is not None and first[0].startswith(one.word)


def near(db: Connection, words: Sequence[str], limit: int) -> list[int]:
    """Products with the most similar names."""
    (vector,) = pack_vectors([" ".join(words)])
    return [id for (id,) in db.execute(_NEAR, (vector, limit))]


def hottest(db: Connection, limit: int) -> list[int]:
    """Best sellers."""
    return [id for (id,) in db.execute(_HOT, (limit,))]


class OneOf:
    """A filter that accepts only these ids."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._ids = set(ids)

    def of(self, ids: Collection[int]) -> set[int]:
        return self._ids.intersection(ids)

    def all(self) -> set[int]:
        return self._ids


def words_and_sales(db: Connection, ids: Iterable[int], retired: bool) -> tuple[dict[int, str], dict[int, float]]:
    """Return products' words by id, and their recent sales relative to the best seller (`SCALE`).

    Retired products are omitted unless `retired` is set.
    """
    rows = db.execute(_WORDS, (_json(ids), retired)).fetchall()
    (top,) = db.execute("SELECT max(heat) FROM search_sold").fetchone()
    return {id: words for id, words, _ in rows}, {id: SCALE * 2.0 ** (heat - top) for id, _, heat in rows if heat}


def ratings(db: Connection, ids: Iterable[int]) -> dict[int, float]:
    """Customer ratings from -1 to 1 by id; few reviews have little weight.

    Unrated products are omitted. So is cannabis, because its reviews may be illegal testimonials.
    """
    rows = db.execute(_RATED, (_json(ids),)).fetchall()
    kinds = regulated_kinds(db, {category for _, category, _, _ in rows if category})
    rated = [row for row in rows if "cannabis" not in kinds.get(row[1], ())]
    return {id: ((stars + 3 * DOUBT) / (count + DOUBT) - 3) / 2 for id, _, stars, count in rated}


DOUBT = 5
"""Number of average reviews added to the actual ones."""
SCALE = 1000.0


_words_of = lru_cache(maxsize=MORE_TEXTS)(words_of)


def _terms(document: IndexedDocument, text: Sequence[list[str]]) -> str:
    terms = set().union(*map(terms_of, text))
    for words in text[:-1]:
        terms.add(_whole(words))
        if len(words) <= SHORT_WORDS:
            terms.add(SHORT)
    for code in document.codes:
        if code.isalnum() and code.isascii():
            terms.add(_tail(code))
    if document.retired:
        terms.add(RETIRED)
    return " ".join(terms)


def _whole(words: Sequence[str]) -> str:
    return f"{NAME}{NAME.join(words)}"[:NAME_CHARS]


def _tail(code: str) -> str:
    return f"{CODE}{code[: -CODE_TAIL_CHARS - 1 : -1].lower()}"


def _spell(db: Connection, words: set[str]) -> None:
    """Add words for spelling suggestions; words already present only cost a lookup."""
    spelt = sorted(word for word in words if word.isalpha() and len(word) in SPELT_LETTERS)
    fresh = db.execute(
        "INSERT INTO search_word (word) SELECT value FROM json_each(?) WHERE true"
        " ON CONFLICT (word) DO NOTHING RETURNING id, word",
        (_json(spelt),),
    ).fetchall()
    padded = [(id, f"  {word} ") for id, word in fresh]
    db.executemany("INSERT INTO search_spelling (rowid, word) VALUES (?, ?)", padded)


def _json(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
