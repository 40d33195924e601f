"""Texts of all shops as one file for translators, and what becomes of one that comes back.

A line is what something is called in a language, by its key; where shops call it differently, each way is a line, with
`@2`, `@3` ... behind the key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

LINES = 60_000
"""Of one file. Who has more asks for a store, or a group."""
BATCH = 100
BATCH_BYTES = 96 * 1024
"""Of one directive at most; the next one has the rest."""
Outcome = Literal["proposed", "same", "unknown", "outdated", "refused"]
_WAY = re.compile(r"@\d{1,4}$")


class ExchangedText(NamedTuple):
    """A line of a file; `fuzzy`: nobody has looked at its text."""

    id: str
    source: str
    text: str = ""
    fuzzy: bool = False


class TextExchange(NamedTuple):
    """What head office is given to read and write files with: the languages, how files of each format end, both ways
    (`read` raises `ValueError`: it is no such file), and what refuses a text, with its source, language and the words
    that stay."""

    languages: Collection[str]
    endings: Mapping[str, str]
    write: Callable[[str, str, str, Sequence[ExchangedText]], bytes]
    read: Callable[[bytes, str, str], Sequence[ExchangedText]]
    refusals: Callable[[str, str, str, Collection[str]], Sequence[str]]


class BroughtLine(msgspec.Struct, frozen=True):
    """What became of a line: `refused` with what is wrong, `outdated` where no shop says that source any more."""

    id: str
    outcome: Outcome
    findings: tuple[str, ...] = ()


class Proposal(msgspec.Struct, frozen=True):
    """What a store is asked to look at."""

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
    """What is called how in `pair[0]`, and in `pair[1]`; `missing`: of what a store lacks there alone. One more than
    `LINES` where there are too many."""
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
    """What becomes of each line that has a text, and what each store is asked."""
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
    """Bodies of directives with all of them."""
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
