"""A manager's question: what it wants, the tools that know it, in parallel, and an answer made of what they returned.

Each tool reads by a connection of its own, within its time; one that fails or is late is a note, and makes the answer
less sure. Nothing here changes the stock: what is to be done goes through the conversation, behind a yes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
import structlog

from edge.core.messages import Actor
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.i18n import translate
from edge.lib.regions.countries import country_of, first_weekday
from edge.shop.access.queries import read_users
from edge.shop.accounts.queries import account_names
from edge.shop.catalog.categories.queries import read_categories
from edge.shop.copilot.copilot_asking import Asking, ToolAnswer
from edge.shop.copilot.copilot_tools import CONTEXT, TOOLS, CopilotTool, tools_for
from edge.shop.copilot.meaning.answerable import TABLE, cannot_tell
from edge.shop.copilot.meaning.model import OF_A_PRODUCT, Meaning, UnderstoodQuestion
from edge.shop.copilot.meaning.names import ShopNames, names_of_shop
from edge.shop.copilot.meaning.reader import AskedWhere, read_questions
from edge.shop.copilot.meaning.telling import MeaningTeller
from edge.shop.promotions.queries import read_promotions
from edge.shop.search.queries import Search
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.sentence import understand

T = TypeVar("T")
_log = structlog.get_logger(__name__)
TOOL_S = 0.3
"""A tool's time; what comes later is not waited for."""
RESULT_BYTES = 48_000
"""Of one tool's result; the rows of a larger one are left out."""
_THREADS = 4
NAMES_S = 5.0
"""To say what was understood; that reads names alone."""
UNKNOWN, UNOWNED, FAILED = 0.2, 0.4, 0.8
"""The most that an answer is sure of where no tool answered, where a word means nothing, and where any part failed."""
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


class Remembered(msgspec.Struct, frozen=True):
    """What a conversation was about last, so that "and last week?" is a question; `chat`: in which things are done."""

    meaning: Meaning | None = None
    chat: str = ""
    product: str = ""


class CopilotAnswer(msgspec.Struct, frozen=True):
    """What a question is answered with. `sources`: the queries that its figures come from.

    `question` and `options`: what is open of a proposal. `meaning`: what was understood, of several questions the
    first; None: nothing was.
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


class Desk(msgspec.Struct, frozen=True):
    """Where the copilot asks: by which connection, what the shop has, whose questions these are."""

    open_reader: Callable[[], Connection]
    registry: Registry
    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str = "UTC"
    tools: frozenset[str] = frozenset(tool.name for tool in TOOLS)


def understand_query(
    db: Connection, desk: Desk, query: str, language: str, before: Remembered
) -> list[UnderstoodQuestion]:
    """What a sentence asks: one thing, or several."""
    here = AskedWhere(desk.today, first_weekday(country_of(desk.zone)) == 7)
    linker = CatalogueLinker(db, Search(desk.currency), language)
    return read_questions(query, language, _names(db, desk), linker, here, before.meaning)


def _names(db: Connection, desk: Desk) -> ShopNames:
    """The names of this shop that a question may have."""
    queries = desk.registry.queries
    named = [("category", one.id, one.names) for one in read_categories(db)]
    named += [("place", one.id, one.names) for one in queries["stock_locations"].read(db) if one.is_active]
    if "suppliers" in queries:
        named += [("supplier", one.id, one.names) for one in queries["suppliers"].read(db)]
    accounts = queries.get("accounts")
    if accounts and accounts.allows(desk.actor):
        named += [("customer", id, {"": name}) for id, name in account_names(db)]
    named += [("promotion", one.promotion.id, one.promotion.names) for one in read_promotions(db, desk.at_us)]
    return names_of_shop(named, {one.id: one.name for one in read_users(db) if one.name})


def is_wish(text: str, language: str, understood: Sequence[UnderstoodQuestion]) -> bool:
    """Whether a sentence wants something done, rather than known: what is a whole question is none."""
    said = understand(text, language)
    if said.kind == "act":
        return not all(one.complete for one in understood)
    return said.kind == "held" and not any(one.meaning.measure for one in understood)


async def answer(
    desk: Desk,
    understood: Sequence[UnderstoodQuestion],
    session: str,
    told: Callable[[ToolCall], None] = lambda call: None,
    before: Remembered | None = None,
) -> tuple[CopilotAnswer, Remembered]:
    """The answer, and what the conversation is about from now on. `told` is given each tool's part as it comes."""
    known = {tool.name: tool for tool in tools_for(desk.registry, desk.actor, desk.tools)}
    asks = [(one, _tool(one, known)) for one in understood]
    context = [(key, known[name]) for key, name in CONTEXT if name in known]
    language = understood[0].language
    plain = Asking(Meaning(), desk.today, language, desk.currency, desk.actor.register, desk.at_us, desk.zone)
    results = await asyncio.gather(
        *(_call(desk, tool, _asking(plain, one), told) for one, tool in asks if tool),
        *(_call(desk, tool, plain) for _, tool in context),
    )
    count = sum(tool is not None for _, tool in asks)
    called, around = results[:count], results[count:]
    lines, each = list[str](), iter(called)
    for one, tool in asks:
        lines += await _lines(desk, one, next(each) if tool else None)
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
    """How sure an answer is, from 0 to 1: the share of the words that mean something, and of the questions that were
    answered; with a word that means nothing it is never more than `UNOWNED`, without an answer than `UNKNOWN`."""
    content = sum(one.content for one in understood)
    owned = sum(one.owned for one in understood)
    sure = (owned / content if content else 0.0) * answered / len(understood)
    if any(one.meaning.unknown for one in understood):
        sure = min(sure, UNOWNED)
    if failed:
        sure = min(sure, FAILED)
    return round(sure if answered else min(sure, UNKNOWN), 2)


def _tool(asked: UnderstoodQuestion, known: Mapping[str, CopilotTool]) -> CopilotTool | None:
    """Who tells it; None: it is not understood whole, or nobody can tell it."""
    meaning = asked.meaning
    if asked.destroys or not asked.complete or cannot_tell(meaning) is not None:
        return None
    if meaning.measure in OF_A_PRODUCT and not meaning.product:
        return None
    return known.get(TABLE[meaning.measure].tool)


def _asking(plain: Asking, asked: UnderstoodQuestion) -> Asking:
    return msgspec.structs.replace(plain, meaning=asked.meaning, language=asked.language)


async def _lines(desk: Desk, asked: UnderstoodQuestion, called: tuple[ToolCall, ToolAnswer | None] | None) -> list[str]:
    """What was understood, and what is answered; or why nothing is."""
    language, meaning = asked.language, asked.meaning

    def say(key: str, **values: object) -> str:
        return translate(language, f"copilot.{key}", **values)

    def told(db: Connection) -> list[str]:
        teller = MeaningTeller(db, language, desk.currency)
        if called:
            found = called[1].lines if called[1] else (say("tool_failed", tool=called[0].tool),)
            return [teller.first_line(meaning), *found]
        if asked.destroys:
            return [say("declined")]
        if meaning.unknown:
            return [say("not_understood", words=", ".join(meaning.unknown))]
        if asked.several:
            return [say("which_product", names="; ".join(asked.several))]
        if asked.measures:
            return [
                say(
                    "which_measure",
                    names=" / ".join(translate(language, f"meaning_measure.{one}") for one in asked.measures),
                )
            ]
        if not meaning.measure:
            return [say("unknown")]
        if why := cannot_tell(meaning):
            return [teller.first_line(meaning), teller.cannot(meaning, why)]
        if meaning.measure in OF_A_PRODUCT and not meaning.product:
            return [say("which")]
        return [say("not_allowed")]

    return await _read_within(desk.open_reader, told, NAMES_S)


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
    arguments = _arguments(ask.meaning)
    try:
        told = await _read_within(desk.open_reader, lambda db: tool.read(db, spec, ask), TOOL_S)
    except TimeoutError:
        return ToolCall(tool.name, arguments, False, error="late", ms=_ms(began)), None
    except Exception:  # noqa: BLE001 - one tool's fault leaves the others their answers
        _log.exception("a tool of the copilot failed", tool=tool.name)
        return ToolCall(tool.name, arguments, False, error="failed", ms=_ms(began)), None
    rows = told.rows if len(msgspec.json.encode(told.rows)) <= RESULT_BYTES else []
    arguments = arguments | told.arguments
    return ToolCall(tool.name, arguments, True, told.figures, rows, ms=_ms(began)), told


def _arguments(meaning: Meaning) -> dict[str, Any]:
    """A meaning as the arguments of a tool: what of it was said."""
    shown = msgspec.to_builtins(meaning)
    return {key: value for key, value in shown.items() if value and key not in ("show", "unknown")}


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


async def _read_within(open_reader: Callable[[], Connection], read: Callable[[Connection], T], limit_s: float) -> T:
    """Read by a connection of one's own; one that takes longer is interrupted."""
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
