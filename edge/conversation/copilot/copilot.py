"""Answer a manager's question: read it, query the tools in parallel, and compose the answer from their results.

Each tool has a time limit; one that fails or is late becomes a note and lowers the confidence. Nothing here changes
stock: actions go through the conversation and need confirmation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import structlog

from edge.conversation.copilot.copilot_asking import Asking, ToolAnswer
from edge.conversation.copilot.copilot_reads import AskTool, ReadQuery, TellMeaning, UnderstandQuery
from edge.conversation.copilot.copilot_tools import CONTEXT, TOOLS, CopilotTool, tools_for
from edge.conversation.copilot.meaning.answerable import TABLE, cannot_tell, lacks_product
from edge.conversation.copilot.meaning.model import Meaning, UnderstoodQuestion
from edge.conversation.copilot.opened import is_open_to, opens_result, opens_row
from edge.core.messages import Actor
from edge.core.process.reading_process import NotRead, ReadingProcess, ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection

T = TypeVar("T")
_log = structlog.get_logger(__name__)
TOOL_S = 0.3
"""A tool's time limit; later results are ignored."""
RESULT_BYTES = 48_000
"""Maximum size of a tool's result in bytes; rows beyond it are dropped."""
OPENING = ("opens", "before_opens")
"""The page fields of a result's figures: for the result itself, and for the period it's compared with."""
_THREADS = 4
NAMES_S = 5.0
"""Time for wording the question as understood, which reads names only."""
READ = 0.9
"""The highest confidence of an answer: about one in ten questions in unfamiliar words is misread."""
UNKNOWN, UNOWNED, FAILED = 0.2, 0.4, 0.8
"""The highest confidence if no tool answered, a word is unknown, or a part failed."""
_pool: ThreadPoolExecutor | None = None


class ToolCall(msgspec.Struct, frozen=True):
    """A tool call: the result or the error, and the duration in milliseconds."""

    tool: str
    arguments: dict[str, Any]
    ok: bool
    result: dict[str, Any] | None = None
    rows: list[dict[str, Any]] = []
    error: str = ""
    ms: int = 0


class Remembered(msgspec.Struct, frozen=True):
    """The last topic of a conversation, for follow-ups ("and last week?"); `chat`: the conversation in which actions
    are proposed."""

    meaning: Meaning | None = None
    chat: str = ""
    product: str = ""


class CopilotAnswer(msgspec.Struct, frozen=True):
    """The answer to a question. `sources`: the queries behind its figures.

    `question` and `options`: the open part of a proposal. `meaning`: as understood (the first of several questions);
    None if nothing was. `run`: a what-if being calculated (`GET whatif/{id}`); the option "whatif:" plus its id fetches
    its answer, which has a tool call.
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
    meaning: Meaning | None = None
    run: str = ""


class Desk(msgspec.Struct, frozen=True):
    """The copilot's context: connection, registry, asker and store settings. `beside`: the reader process."""

    open_reader: Callable[[], Connection]
    registry: Registry
    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str = "UTC"
    tools: frozenset[str] = frozenset(tool.name for tool in TOOLS)
    beside: ReadingProcess | None = None


def query_at(desk: Desk, query: str, language: str, before: Remembered) -> UnderstandQuery:
    """Return the query that reads a sentence."""
    at = desk.actor, desk.currency, desk.today, desk.at_us, desk.zone
    return UnderstandQuery(*at, query, language, before.meaning)


def is_wish(read: ReadQuery) -> bool:
    """Whether a sentence requests an action rather than information; complete questions don't."""
    if read.kind == "act":
        return not all(one.complete for one in read.questions)
    return read.kind == "held" and not any(one.meaning.measure for one in read.questions)


async def answer(
    desk: Desk,
    understood: Sequence[UnderstoodQuestion],
    session: str,
    told: Callable[[ToolCall], None] = lambda call: None,
    before: Remembered | None = None,
    with_context: bool = False,
) -> tuple[CopilotAnswer, Remembered]:
    """The answer and the conversation's new topic. `told` receives each tool call as it completes. `with_context`: also
    read the standing figures (`CONTEXT`)."""
    known = {tool.name: tool for tool in tools_for(desk.registry, desk.actor, desk.tools)}
    asks = [(one, _tool(one, known)) for one in understood]
    context = [(key, known[name]) for key, name in CONTEXT if name in known] if with_context else []
    language = understood[0].language
    plain = Asking(Meaning(), desk.today, language, desk.currency, desk.actor.register, desk.at_us, desk.zone)
    results = await asyncio.gather(
        *(_call(desk, tool, _asking(plain, one), told) for one, tool in asks if tool),
        *(_call(desk, tool, plain) for _, tool in context),
    )
    count = sum(tool is not None for _, tool in asks)
    called, around = results[:count], results[count:]
    each = iter(called)
    told_lines = await asyncio.gather(*(_lines(desk, one, next(each) if tool else None) for one, tool in asks))
    lines = [line for of_one in told_lines for line in of_one]
    calls = [call for call, _ in called]
    shown = {key: found.figures if found else None for (key, _), (_, found) in zip(context, around, strict=True)}
    complete = sum(found is not None for _, found in around) / len(around) if around else 1.0
    failed = any(not one.ok for one in calls) or complete < 1
    sure = confidence(understood, sum(one.ok and bool(one.result) for one in calls), failed)
    sources = [
        tool.query for (_, tool), call in zip([one for one in asks if one[1]], calls, strict=True) if tool and call.ok
    ]
    last = next((one.meaning for one in reversed(understood) if one.complete), before.meaning if before else None)
    first = understood[0].meaning
    said = CopilotAnswer(
        session,
        "\n".join(lines),
        calls,
        shown,
        sure,
        sources,
        language,
        meaning=first if first.measure or first.unknown else None,
    )
    return said, Remembered(last, before.chat if before else "")


def confidence(understood: Sequence[UnderstoodQuestion], answered: int, failed: bool) -> float:
    """The confidence of an answer: `READ` times the share of understood words times the share of answered questions. At
    most `UNOWNED` with an unknown word, `FAILED` if a part failed, `UNKNOWN` without an answer."""
    content = sum(one.content for one in understood)
    owned = sum(one.owned for one in understood)
    sure = READ * (owned / content if content else 0.0) * answered / len(understood)
    if any(one.meaning.unknown for one in understood):
        sure = min(sure, UNOWNED)
    if failed:
        sure = min(sure, FAILED)
    return round(sure if answered else min(sure, UNKNOWN), 2)


def _tool(asked: UnderstoodQuestion, known: Mapping[str, CopilotTool]) -> CopilotTool | None:
    """The tool for a question; None if it's incomplete, asks to destroy something, or no known tool can answer it."""
    meaning = asked.meaning
    if asked.destroys or not asked.complete or cannot_tell(meaning) is not None:
        return None
    if lacks_product(meaning):
        return None
    return known.get(TABLE[meaning.measure].tool)


def _asking(plain: Asking, asked: UnderstoodQuestion) -> Asking:
    return msgspec.structs.replace(plain, meaning=asked.meaning, language=asked.language)


async def _lines(desk: Desk, asked: UnderstoodQuestion, called: tuple[ToolCall, ToolAnswer | None] | None) -> list[str]:
    """The question as understood and the answer, or why there is none."""
    told = TellMeaning(desk.currency, asked)
    if called:
        call, found = called
        told = TellMeaning(desk.currency, asked, call.tool, found.lines if found else None)
    return await _read_at(desk, told, NAMES_S)


async def _call(
    desk: Desk, tool: CopilotTool, ask: Asking, told: Callable[[ToolCall], None] = lambda call: None
) -> tuple[ToolCall, ToolAnswer | None]:
    """Call a tool; the answer is None if it failed or was late."""
    found = await _read(desk, tool, ask)
    told(found[0])
    return found


async def _read(desk: Desk, tool: CopilotTool, ask: Asking) -> tuple[ToolCall, ToolAnswer | None]:
    began = time.perf_counter()
    arguments = _arguments(ask.meaning)
    try:
        told = await _read_at(desk, AskTool(tool.name, ask), TOOL_S)
    except TimeoutError:
        return ToolCall(tool.name, arguments, False, error="late", ms=_ms(began)), None
    except Exception:  # noqa: BLE001 - one tool's fault leaves the others their answers
        _log.exception("a tool of the copilot failed", tool=tool.name)
        return ToolCall(tool.name, arguments, False, error="failed", ms=_ms(began)), None
    rights = desk.actor.rights
    rows = [row if "opens" in row else {**row, "opens": opens_row(row)} for row in told.rows]
    rows = [row if is_open_to(row["opens"], rights) else {**row, "opens": ""} for row in rows]
    rows = rows if len(msgspec.json.encode(rows)) <= RESULT_BYTES else []
    arguments = arguments | told.arguments
    figures = told.figures
    if figures and "opens" not in figures and (page := opens_result(tool.name, arguments, rights)):
        figures = {**figures, "opens": page}
    closed = [name for name in OPENING if name in figures and not is_open_to(figures[name], rights)]
    figures = {name: one for name, one in figures.items() if name not in closed}
    return ToolCall(tool.name, arguments, True, figures, rows, ms=_ms(began)), told


def _arguments(meaning: Meaning) -> dict[str, Any]:
    """A meaning as tool arguments, without defaults."""
    shown = msgspec.to_builtins(meaning)
    return {key: value for key, value in shown.items() if value and key not in ("show", "unknown")}


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


async def _read_at(desk: Desk, question: ReadQuestion[T], limit_s: float) -> T:
    """Run a read in the reader process if there is one, else on its own connection."""
    if desk.beside:
        with suppress(NotRead):
            return await desk.beside.ask(question, limit_s)
    return await _read_within(desk.open_reader, lambda db: question.read(db, desk.registry), limit_s)


async def _read_within(open_reader: Callable[[], Connection], read: Callable[[Connection], T], limit_s: float) -> T:
    """Run a read on its own connection. Raises `TimeoutError`, and interrupts the read, after the time limit."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="copilot")
    opened: list[Connection] = []

    def work() -> T:
        db = open_reader()
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
