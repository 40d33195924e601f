"""Export all shops' texts to a file for translators, and process the returned file.

A line is a name in a language, by key; if shops differ, each variant is a line with `@2`, `@3` ... after the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

LINES = 60_000
"""Maximum lines per file; more have to be exported by store or group."""
BATCH = 100
BATCH_BYTES = 96 * 1024
"""Maximum size of a directive; the rest goes into the next directive."""
Outcome = Literal["proposed", "same", "unknown", "outdated", "refused"]
_WAY = re.compile(r"@\d{1,4}$")


class ExchangedText(NamedTuple):
    """A line of a file; `fuzzy`: its text wasn't reviewed."""

    id: str
    source: str
    text: str = ""
    fuzzy: bool = False


class TextExchange(NamedTuple):
    """Support for translators' files, provided to head office.

    It has languages, file extensions by format, writing and reading (`read` raises `ValueError` for an invalid file),
    and `refusals`, which checks a text with its source, language and fixed words.
    """

    languages: Collection[str]
    endings: Mapping[str, str]
    write: Callable[[str, str, str, Sequence[ExchangedText]], bytes]
    read: Callable[[bytes, str, str], Sequence[ExchangedText]]
    refusals: Callable[[str, str, str, Collection[str]], Sequence[str]]


class BroughtLine(msgspec.Struct, frozen=True):
    """The result of a line: `refused` with its errors, `outdated` if no shop still has that source."""

    id: str
    outcome: Outcome
    findings: tuple[str, ...] = ()


class Proposal(msgspec.Struct, frozen=True):
    """A proposal for a store to review."""

    key: str
    source: str
    text: str


_NAMED = """
    SELECT store, 'product/' || sku AS key, names, brand FROM product WHERE tenant = $1 AND NOT retired
    UNION
    SELECT store, key, names, NULL FROM shop_text WHERE tenant = $1 AND (until_at IS NULL OR until_at > now())
"""
_OUT = f"""
    SELECT named.key, names ->> $2 AS source, max(names ->> $3) AS now, max(waits.text) AS waits
    FROM ({_NAMED}) AS named
    LEFT JOIN translation AS waits ON waits.tenant = $1 AND waits.store = named.store AND waits.key = named.key
        AND waits.language = $3 AND waits.state = 'proposed' AND waits.source = names ->> $2
    WHERE names ->> $2 <> '' AND ($4::text[] IS NULL OR named.store = ANY ($4))
    GROUP BY named.key, names ->> $2
    HAVING NOT $5 OR bool_or(coalesce(names ->> $3, '') = '')
    ORDER BY named.key, count(*) DESC, source LIMIT {LINES + 1}
"""
_IN = f"""
    SELECT line.n::int, names ->> $2 AS source, max(brand) AS brand,
           array_agg(DISTINCT store) FILTER (WHERE names ->> $3 IS DISTINCT FROM line.text) AS stores
    FROM unnest($5::text[], $6::text[]) WITH ORDINALITY AS line(key, text, n)
    JOIN ({_NAMED}) AS named ON named.key = line.key
    WHERE names ->> $2 <> '' AND ($4::text[] IS NULL OR store = ANY ($4))
    GROUP BY line.n, names ->> $2
"""


async def lines_of(
    connection: Any, tenant: str, pair: tuple[str, str], stores: Collection[str] | None, missing: bool
) -> list[ExchangedText]:
    """Return the texts in `pair[0]` with those in `pair[1]`. `missing`: only those that a store lacks.

    If there are too many, one more than `LINES` is returned.
    """
    own = None if stores is None else list(stores)
    seen: Counter[str] = Counter()
    found = []
    for row in await connection.fetch(_OUT, tenant, *pair, own, missing):
        seen[row["key"]] += 1
        way = seen[row["key"]]
        id, text = row["key"] if way == 1 else f"{row['key']}@{way}", row["now"] or row["waits"] or ""
        found.append(ExchangedText(id, row["source"], text, not row["now"] and bool(row["waits"])))
    return found


async def sort_lines(
    connection: Any,
    tenant: str,
    pair: tuple[str, str],
    stores: Collection[str] | None,
    lines: Sequence[ExchangedText],
    refusals: Callable[[str, str, str, Collection[str]], Sequence[str]],
) -> tuple[list[BroughtLine], dict[str, list[Proposal]]]:
    """Sort lines that have a text by result, with the proposals for each store."""
    brought, asked = [], dict[str, list[Proposal]]()
    with_text = [line for line in lines if line.text.strip()]
    keys = [_WAY.sub("", line.id) for line in with_text]
    own = None if stores is None else list(stores)
    rows = await connection.fetch(_IN, tenant, *pair, own, keys, [line.text for line in with_text])
    known: dict[int, dict[str, Any]] = {}
    for row in rows:
        known.setdefault(row["n"], {})[row["source"]] = row
    for n, (line, key) in enumerate(zip(with_text, keys, strict=True), 1):
        row = known.get(n, {}).get(line.source)
        if row is None:
            brought.append(BroughtLine(line.id, "outdated" if n in known else "unknown"))
        elif not row["stores"]:
            brought.append(BroughtLine(line.id, "same"))
        elif wrong := refusals(line.source, line.text, pair[1], (row["brand"],) if row["brand"] else ()):
            brought.append(BroughtLine(line.id, "refused", tuple(wrong)))
        else:
            brought.append(BroughtLine(line.id, "proposed"))
            for store in row["stores"]:
                asked.setdefault(store, []).append(Proposal(key, line.source, line.text))
    return brought, asked


def batches(proposals: Sequence[Proposal], pair: tuple[str, str]) -> list[bytes]:
    """Directive bodies with all proposals."""
    bodies: list[list[dict[str, str]]] = [[]]
    room = BATCH_BYTES
    for one in proposals:
        said = {"key": one.key, "source_language": pair[0], "source": one.source}
        said |= {"language": pair[1], "text": one.text}
        size = len(msgspec.json.encode(said)) + 1
        if bodies[-1] and (len(bodies[-1]) >= BATCH or size > room):
            bodies.append([])
            room = BATCH_BYTES
        bodies[-1].append(said)
        room -= size
    return [msgspec.json.encode({"translations": body}) for body in bodies if body]
