"""Usage counts of the assistant by day, place and language, without any text that people said.

Counted: `turns`, and those `spoken`; `intent.X`, the recognised intent; `tool.X`, a query or command run; `end.X`, the
result (`ENDS`); `ms.N`, turns answered within N milliseconds; `mark.right`, `mark.wrong`: kept answers by the
customer's first mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from edge.conversation.assistant.events import ChatCount, ConversationsCounted
from edge.core.messages import Number
from edge.core.registry import Gauge, Transaction
from edge.core.storage.database import Connection

ENDS = ("answered", "asked", "not_understood", "handed_over", "given_up")
MS = (10, 25, 50, 100, 150, 250, 500, 1_000, 2_000, 5_000, 60_000)
"""Upper bounds of the histogram of turn times; percentiles are computed from it."""
DAYS_KEPT = 400
DAYS_AT_ONCE = 31
COUNTS_OF_A_DAY = 2_000
"""Different counters per day; further ones are dropped. There are a few hundred."""
_ADD = """
    INSERT INTO chat_count (day, place, language, what, n) VALUES (?, ?, ?, ?, 1)
    ON CONFLICT (day, place, language, what) DO UPDATE SET n = n + 1
"""
_OF_DAYS = """
    SELECT day, place, language, what, n FROM chat_count
    WHERE day IN (SELECT DISTINCT day FROM chat_count ORDER BY day DESC LIMIT ?)
    ORDER BY day DESC, place, language, what
"""


class ChatFigures(msgspec.Struct, frozen=True):
    """The assistant's usage on a day, by place and language. `p50_s`, `p95_s`: median and 95th percentile of response
    times, in seconds."""

    day: str
    place: str
    language: str
    turns: int = 0
    spoken: int = 0
    ends: dict[str, int] = {}
    intents: dict[str, int] = {}
    tools: dict[str, int] = {}
    marks: dict[str, int] = {}
    p50_s: float = 0.0
    p95_s: float = 0.0


def count_turn(
    tx: Transaction,
    place: str,
    language: str,
    intent: str,
    tools: Iterable[str],
    end: str,
    spoken: bool,
    ms: float | None,
) -> None:
    """Count a turn; `ms` is None if its duration is unknown."""
    what = ["turns", f"intent.{intent}", f"end.{end}", *(f"tool.{tool}" for tool in tools)]
    if spoken:
        what.append("spoken")
    if ms is not None:
        what.append(f"ms.{next((step for step in MS if ms <= step), MS[-1])}")
    for one in what:
        tx.db.execute(_ADD, (tx.business_date, place, language, one))


def count_mark(tx: Transaction, place: str, language: str, right: bool) -> None:
    """Count a kept answer as marked right or wrong."""
    tx.db.execute(_ADD, (tx.business_date, place, language, "mark.right" if right else "mark.wrong"))


def tell_office(tx: Transaction) -> None:
    """Report completed days, each once, and delete those past retention."""
    days = tx.db.execute(
        "SELECT DISTINCT day FROM chat_count WHERE NOT told AND day < ? ORDER BY day LIMIT ?",
        (tx.business_date, DAYS_AT_ONCE),
    ).fetchall()
    for (day,) in days:
        rows = tx.db.execute(
            "SELECT place, language, what, n FROM chat_count WHERE day = ? ORDER BY 1, 2, 3 LIMIT ?",
            (day, COUNTS_OF_A_DAY),
        ).fetchall()
        tx.append(ConversationsCounted(day, tuple(ChatCount(*row) for row in rows)))
        tx.db.execute("UPDATE chat_count SET told = 1 WHERE day = ?", (day,))
    if days:
        tx.db.execute(
            "DELETE FROM chat_count WHERE told AND day < date(?, ?)", (tx.business_date, f"-{DAYS_KEPT} days")
        )


def read_chat_figures(db: Connection, days: Number = 14) -> list[ChatFigures]:
    """The figures of the newest days with any use, 92 at most, newest first."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for day, place, language, what, n in db.execute(_OF_DAYS, (min(days, 92),)):
        found.setdefault((day, place, language), {})[what] = n
    return [_figures(*key, counted) for key, counted in found.items()]


def _figures(day: str, place: str, language: str, counted: Mapping[str, int]) -> ChatFigures:
    def under(kind: str) -> dict[str, int]:
        return {what.partition(".")[2]: n for what, n in counted.items() if what.startswith(f"{kind}.")}

    steps = {int(step): n for step, n in under("ms").items()}
    return ChatFigures(
        day,
        place,
        language,
        counted.get("turns", 0),
        counted.get("spoken", 0),
        {end: under("end").get(end, 0) for end in ENDS},
        under("intent"),
        under("tool"),
        under("mark"),
        _within(steps, 0.5),
        _within(steps, 0.95),
    )


def _within(steps: Mapping[int, int], share: float) -> float:
    """The response time in seconds within which this share was answered.

    >>> _within({10: 90, 100: 10}, 0.5), _within({10: 90, 100: 10}, 0.95), _within({}, 0.5)
    (0.01, 0.1, 0.0)
    """
    left = sum(steps.values()) * share
    for step in sorted(steps):
        left -= steps[step]
        if left <= 0:
            return step / 1000
    return 0.0


def _newest_day(db: Any, registers: Sequence[str]) -> dict[str, float]:
    rows = db.execute(
        "SELECT what, sum(n) FROM chat_count WHERE day = (SELECT max(day) FROM chat_count)"
        " AND (what IN ('turns', 'spoken') OR what LIKE 'end.%') GROUP BY what"
    )
    found: dict[str, float] = dict(rows.fetchall())
    return {name: found.get(name, 0) for name in ("turns", "spoken", *(f"end.{end}" for end in ENDS))}


def _slow(db: Any, registers: Sequence[str]) -> dict[str, float]:
    rows = db.execute(
        "SELECT place, what, sum(n) FROM chat_count WHERE day = (SELECT max(day) FROM chat_count)"
        " AND what LIKE 'ms.%' GROUP BY place, what"
    ).fetchall()
    places: dict[str, dict[int, int]] = {}
    for place, what, n in rows:
        places.setdefault(place, {})[int(what[3:])] = n
    return {place: _within(steps, 0.95) for place, steps in places.items()}


GAUGES = (
    Gauge("edge_assistant_turns", "Turns on the latest day with any, by outcome", "what", _newest_day),
    Gauge("edge_assistant_p95_seconds", "95th percentile of the response time on that day", "place", _slow),
)
