"""A manager's question: what it wants, the tools that know it, in parallel, and an answer made of what they returned.

Each tool reads by a connection of its own, within its time; one that fails or is late is a note, and makes the answer
less sure. Nothing here changes the stock: what is to be done goes through the conversation, behind a yes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog

from edge.core.messages import Actor
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_reader
from edge.lib.i18n import translate
from edge.shop.assistant import product_matching
from edge.shop.assistant.copilot_asking import Asking, ToolAnswer
from edge.shop.assistant.copilot_plan import TOOLS_MOST, QueryPlan, Remembered, confidence, days_of, followed, plan
from edge.shop.assistant.copilot_tools import CONTEXT, TOOLS, CopilotTool, offered
from edge.shop.assistant.phrasing import full_name
from edge.shop.catalog.queries import find_by_sku
from edge.shop.search.queries import Search

T = TypeVar("T")
_log = structlog.get_logger(__name__)
TOOL_S = 0.3
"""A tool's time; what comes later is not waited for."""
RESULT_BYTES = 48_000
"""Of one tool's result; the rows of a larger one are left out."""
_THREADS = 4
NAMED = 6
"""Products that are named where several may be meant."""
_pool: ThreadPoolExecutor | None = None


class ToolCall(msgspec.Struct, frozen=True):
    """A tool that was asked: what it answered, or why not, and in how many milliseconds."""

    tool: str
    arguments: dict[str, Any]
    ok: bool
    result: dict[str, Any] | None = None
    rows: list[dict[str, Any]] = []
    error: str = ""
    ms: int = 0


class CopilotAnswer(msgspec.Struct, frozen=True):
    """What a question is answered with. `sources`: the queries that its figures come from.

    `question` and `options`: what is open of a proposal.
    """

    session_id: str
    message: str
    tool_calls: list[ToolCall]
    context: dict[str, Any]
    confidence: float
    sources: list[str]
    language: str = ""
    question: str = ""
    options: list[dict[str, str]] = []


class UnderstoodQuery(msgspec.Struct, frozen=True):
    """A question with the product that it names: "" where it names none; `several`: the names where it may be many."""

    plan: QueryPlan
    product: str
    several: tuple[str, ...] = ()
    unknown: bool = False
    place_name: str = ""


class Desk(msgspec.Struct, frozen=True):
    """Where the copilot asks: the ledger, what the shop has, whose questions these are."""

    ledger: Path
    registry: Registry
    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str = "UTC"
    tools: frozenset[str] = frozenset(tool.name for tool in TOOLS)


def understand_query(db: Connection, desk: Desk, query: str, language: str, before: Remembered) -> UnderstoodQuery:
    """What a question wants, and of which product."""
    rooms = [one for one in desk.registry.queries["stock_locations"].read(db) if one.is_active]
    places = {name: one.id for one in rooms for name in (*one.names.values(), one.id)}
    asked = plan(query, language, places)
    found = product_matching.match(db, Search(desk.currency), asked.text) if asked.text else None
    skus = found.skus if found and found.kind != "none" else ()
    product = skus[0] if len(skus) == 1 else ""
    asked, about = followed(asked, before, product)
    named = next((one.names.get(asked.language, one.id) for one in rooms if one.id == asked.place), asked.place)
    several = [full_name(one, asked.language) for sku in skus[:NAMED] if (one := find_by_sku(db, sku))]
    return UnderstoodQuery(
        asked, about, tuple(several) if len(skus) > 1 else (), bool(found and found.kind == "none"), named
    )


async def answer(
    desk: Desk, understood: UnderstoodQuery, session: str, told: Callable[[ToolCall], None] = lambda call: None
) -> tuple[CopilotAnswer, Remembered]:
    """The answer, and what the conversation is about from now on. `told` is given each tool's part as it comes."""
    asked = understood.plan
    first, day = days_of(asked.period, desk.today)
    place = understood.place_name
    who = desk.actor.register, desk.at_us, desk.zone
    about = understood.product, asked.place, place, day, asked.language, desk.currency
    ask = Asking(*about, *who, first=first, period=asked.period)
    known = {tool.name: tool for tool in offered(desk.registry, desk.actor, desk.tools)}
    chosen = [tool for topic in asked.topics for tool in known.values() if tool.topic == topic]
    unclear = understood.unknown or bool(understood.several)
    chosen = [tool for tool in chosen if ask.product or not (tool.about or (tool.names and unclear))][:TOOLS_MOST]
    if asked.destroys:
        chosen = []
    context = [(key, known[name]) for key, name in CONTEXT if name in known]
    results = await asyncio.gather(
        *(_call(desk, tool, ask, told) for tool in chosen),
        *(_call(desk, tool, msgspec.structs.replace(ask, place="")) for _, tool in context),
    )
    called, around = results[: len(chosen)], results[len(chosen) :]
    calls = [one for one, _ in called]
    lines = [line for _, found in called if found for line in found.lines]
    lines += _notes(understood, desk, called, asked.language)
    shown = {key: found.figures if found else None for (key, _), (_, found) in zip(context, around, strict=True)}
    complete = sum(found is not None for _, found in around) / len(around) if around else 1.0
    answered = sum(one.ok and bool(one.result) for one in calls)
    failed = any(not one.ok for one in calls) or complete < 1
    sure = confidence(asked, understood.product, answered, len(calls), complete, not failed, failed)
    sources = [tool.query for tool, one in zip(chosen, calls, strict=True) if one.ok]
    after = Remembered(asked.topics, understood.product or "", asked.place, asked.period)
    return CopilotAnswer(session, "\n".join(lines), calls, shown, sure, sources, asked.language), after


def _notes(
    understood: UnderstoodQuery, desk: Desk, called: Sequence[tuple[ToolCall, ToolAnswer | None]], language: str
) -> list[str]:
    """What could not be answered, in words."""

    def say(key: str, **values: object) -> str:
        return translate(language, f"copilot.{key}", **values)

    if understood.plan.destroys:
        return [say("declined")]
    notes = [say("tool_failed", tool=call.tool) for call, told in called if told is None]
    if called:
        return notes
    if understood.several:
        return [say("which_product", names=", ".join(understood.several))]
    if understood.unknown and understood.plan.topics:
        return [say("not_found", text=understood.plan.text)]
    return [say("which" if understood.plan.topics else "unknown")]


async def _call(
    desk: Desk, tool: CopilotTool, ask: Asking, told: Callable[[ToolCall], None] = lambda call: None
) -> tuple[ToolCall, ToolAnswer | None]:
    """Ask one tool; None: it failed, or was late."""
    found = await _read(desk, tool, ask)
    told(found[0])
    return found


async def _read(desk: Desk, tool: CopilotTool, ask: Asking) -> tuple[ToolCall, ToolAnswer | None]:
    began = time.perf_counter()
    spec = desk.registry.queries[tool.query]
    try:
        told = await _read_within(desk.ledger, lambda db: tool.read(db, spec, ask), TOOL_S)
    except TimeoutError:
        return ToolCall(tool.name, {}, False, error="late", ms=_ms(began)), None
    except Exception:  # noqa: BLE001 - one tool's fault leaves the others their answers
        _log.exception("a tool of the copilot failed", tool=tool.name)
        return ToolCall(tool.name, {}, False, error="failed", ms=_ms(began)), None
    rows = told.rows if len(msgspec.json.encode(told.rows)) <= RESULT_BYTES else []
    return ToolCall(tool.name, told.arguments, True, told.figures, rows, ms=_ms(began)), told


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


async def _read_within(ledger: Path, read: Callable[[Connection], T], limit_s: float) -> T:
    """Read by a connection of one's own; one that takes longer is interrupted."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="copilot")
    opened: list[Connection] = []

    def work() -> T:
        db = open_reader(ledger)
        opened.append(db)
        try:
            return read(db)
        finally:
            opened.clear()
            db.close()

    future = asyncio.get_running_loop().run_in_executor(_pool, work)
    try:
        return await asyncio.wait_for(asyncio.shield(future), limit_s)
    except TimeoutError:
        future.add_done_callback(lambda late: late.exception())
        for db in opened[:1]:
            db.interrupt()
        raise
