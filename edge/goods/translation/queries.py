"""Queries on translations: missing names, proposals and progress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import TextKind
from edge.goods.translation.glossary import GlossaryTerm, TermPair, pairs_of, untranslated_words
from edge.goods.translation.rules import NAME_CHARS, PROMOTION_CHARS, TEXT_CHARS, TextNames
from edge.lib.i18n import LANGUAGES, Language

TRANSLATIONS = "translation"
"""The source name of a confirmed translation; sources configured by the shop take precedence."""
PAGE_LIMIT = 200
TextState = Literal["missing", "proposed", "outdated", "refused", "accepted", "given"]
Key = Annotated[str, msgspec.Meta(max_length=200)]

# Time of the newest event: texts that ended by then need no translation, until they're set again.
_NOW_US = "(SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1)"
# Every text with its source, its current text in the language, and its newest translation.
_ALL = f"""
    SELECT a.key, a.source, coalesce(a.now, '') AS now, coalesce(t.text, '') AS text, coalesce(t.findings, '') AS said,
        CASE WHEN t.state = 'proposed' AND t.source = a.source THEN 'proposed'
            WHEN t.state IN ('proposed', 'accepted') AND t.source_language = ?1 AND t.source <> a.source THEN 'outdated'
            WHEN t.state = 'accepted' AND t.text = a.now THEN 'accepted'
            WHEN a.now IS NOT NULL THEN 'given'
            WHEN t.state = 'refused' AND t.source = a.source THEN 'refused'
            ELSE 'missing' END AS state
    FROM (
        SELECT 'product/' || sku AS key, body ->> ('$.names.' || ?1) AS source, body ->> ('$.names.' || ?2) AS now
        FROM product WHERE retired_us IS NULL AND ?3 IN ('', 'product')
        UNION ALL
        SELECT 'category/' || id, names ->> ('$.' || ?1), names ->> ('$.' || ?2)
        FROM category WHERE ?3 IN ('', 'category')
        UNION ALL
        SELECT 'attribute/' || c.id || '/' || own.key, own.value ->> ('$.names.' || ?1),
            own.value ->> ('$.names.' || ?2)
        FROM category c, json_each(c.attributes) own WHERE ?3 IN ('', 'attribute')
        UNION ALL
        SELECT 'promotion/' || id, body ->> ('$.names.' || ?1), body ->> ('$.names.' || ?2)
        FROM promotion WHERE until_us > {_NOW_US} AND ?3 IN ('', 'promotion')
        UNION ALL
        SELECT 'text/' || id, texts ->> ('$.' || ?1), texts ->> ('$.' || ?2)
        FROM shown_text WHERE until_us > {_NOW_US} AND ?3 IN ('', 'text')
    ) a LEFT JOIN translation t ON t.key = a.key AND t.language = ?2
    WHERE a.source IS NOT NULL
"""
_PAGE = f"SELECT * FROM ({_ALL}) WHERE (?4 = '' OR state = ?4) AND key > ?5 ORDER BY key LIMIT ?6"
_COUNTS = f"""
    SELECT substr(key, 1, instr(key, '/') - 1), state, count(*), sum(said <> '' AND state = 'proposed')
    FROM ({_ALL}) GROUP BY 1, 2
"""
_NAMES = f"""
    SELECT 'product/' || sku, body ->> '$.names', coalesce(brand, ''), {NAME_CHARS} FROM product
    WHERE retired_us IS NULL AND 'product/' || sku IN (SELECT value FROM json_each(?1))
        AND sku IN (SELECT substr(value, 9) FROM json_each(?1))
    UNION ALL
    SELECT 'category/' || id, names, '', {NAME_CHARS} FROM category
    WHERE id IN (SELECT substr(value, 10) FROM json_each(?1) WHERE value LIKE 'category/%')
    UNION ALL
    SELECT 'attribute/' || c.id || '/' || own.key, own.value ->> '$.names', '', {NAME_CHARS}
    FROM category c, json_each(c.attributes) own
    WHERE own.value ->> '$.names' IS NOT NULL
        AND 'attribute/' || c.id || '/' || own.key IN (SELECT value FROM json_each(?1) WHERE value LIKE 'attribute/%')
    UNION ALL
    SELECT 'promotion/' || id, body ->> '$.names', '', {PROMOTION_CHARS} FROM promotion
    WHERE until_us > {_NOW_US}
        AND id IN (SELECT substr(value, 11) FROM json_each(?1) WHERE value LIKE 'promotion/%')
    UNION ALL
    SELECT 'text/' || id, texts, '', {TEXT_CHARS} FROM shown_text
    WHERE until_us > {_NOW_US}
        AND id IN (SELECT substr(value, 6) FROM json_each(?1) WHERE value LIKE 'text/%')
"""
_WAITING = """
    SELECT key, state, source_language, source, text, origin, findings FROM translation
    WHERE language = ? AND key IN (SELECT value FROM json_each(?))
"""
_ELSEWHERE = """
    SELECT source, key, text FROM translation WHERE language = ? AND source IN (SELECT value FROM json_each(?))
        AND source_language = ? AND state IN ('proposed', 'accepted')
"""


class TranslationText(msgspec.Struct, frozen=True):
    """A text: its source, its name `now` ("": none), the latest translation with its findings, and its
    state."""

    key: str
    source: str
    now: str
    text: str
    findings: tuple[str, ...]
    state: TextState


class LanguageCount(msgspec.Struct, frozen=True):
    """The number of texts of a kind in a state in a language; `flagged`: proposals with findings."""

    language: str
    kind: str
    state: TextState
    count: int
    flagged: int


class WaitingText(msgspec.Struct, frozen=True):
    """The newest translation of a text, and its state."""

    state: str
    source_language: str
    source: str
    text: str
    origin: str
    findings: tuple[str, ...]


def translation_texts(
    db: Connection,
    source_language: Language,
    language: Language,
    state: TextState | Literal[""] = "",
    kind: TextKind = "",
    after: Key = "",
    limit: Number = PAGE_LIMIT,
) -> list[TranslationText]:
    """Texts by key, from after `after`, at most 200.

    Items without a name in the source language are omitted, as they are translated from another language.
    """
    values = (source_language, language, kind, state, after, max(1, min(limit, PAGE_LIMIT)))
    return [
        TranslationText(key, source, now, text, tuple(said.split()), stands)
        for key, source, now, text, said, stands in db.execute(_PAGE, values)
    ]


def translation_counts(db: Connection, source_language: Language) -> list[LanguageCount]:
    """The progress of each language other than the source language."""
    return [
        LanguageCount(language, kind, state, count, flagged)
        for language in LANGUAGES
        if language != source_language
        for kind, state, count, flagged in db.execute(_COUNTS, (source_language, language, ""))
    ]


def names_of(db: Connection, keys: Sequence[str]) -> dict[str, TextNames]:
    """Names by key; retired, ended and missing items are omitted."""
    rows, kept = db.execute(_NAMES, (json_text(keys),)), untranslated_words(TERMS.read(db))
    return {
        key: TextNames(msgspec.json.decode(names, type=dict[str, str]), (*((brand,) if brand else ()), *kept), most)
        for key, names, brand, most in rows
    }


def read_terms(db: Connection) -> tuple[GlossaryTerm, ...]:
    """The glossary, by the keys of its terms."""
    return TERMS.read(db)


def terms_for(db: Connection, source_language: str, language: str) -> tuple[TermPair, ...]:
    """The glossary's terms from one language into another."""
    return pairs_of(TERMS.read(db), source_language, language)


def waiting_for(db: Connection, language: str, keys: Sequence[str]) -> dict[str, WaitingText]:
    """The newest translations of texts into a language."""
    return {
        key: WaitingText(state, source_language, source, text, origin, tuple(said.split()))
        for key, state, source_language, source, text, origin, said in db.execute(_WAITING, (language, json_text(keys)))
    }


def elsewhere_for(
    db: Connection, source_language: str, language: str, sources: Sequence[str]
) -> dict[str, dict[str, str]]:
    """Proposed or accepted translations of the same source texts for other items, by source and key."""
    found: dict[str, dict[str, str]] = {}
    for source, key, text in db.execute(_ELSEWHERE, (language, json_text(sources), source_language)):
        found.setdefault(source, {})[key] = text
    return found
