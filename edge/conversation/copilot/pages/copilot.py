"""HTTP API of the copilot: questions, tools, history, and its page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import msgspec
from aiohttp import web

from edge.conversation.assistant.queries import read_chat
from edge.conversation.assistant.routes import answer_refused_turn, speaker, spoken_in
from edge.conversation.assistant.turns.chat_turns import ChatMessage, new_session, take, to_letters, turn_id
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.conversation.copilot import copilot
from edge.conversation.copilot.commands import EndCopilot, RememberAnswer
from edge.conversation.copilot.copilot import CopilotAnswer, Desk, Remembered, ToolCall, is_wish
from edge.conversation.copilot.copilot_memory import CopilotMessage, CopilotSession, read_copilot, read_messages
from edge.conversation.copilot.copilot_tools import tools_for
from edge.conversation.copilot.form_wishes import FilledForm, ReadFormWish
from edge.conversation.copilot.meaning.model import DIMENSIONS
from edge.conversation.copilot.pages.copilot_desk import desk_of, phrased_by, tools_of, understood_by
from edge.conversation.copilot.pages.copilot_whatif import RESULT, begin_whatif, tell_whatif
from edge.conversation.understanding.sentence import Kind
from edge.conversation.understanding.tokens import clean
from edge.core.endpoints import NO_CONTENT, Answer, Body, Endpoint, Page
from edge.core.journal.projections import caught_up
from edge.core.messages import Actor, Refused
from edge.core.storage.database import Connection
from edge.counter.reports.queries import BEHIND
from edge.foundation.access.rights import MANAGE, STOCK
from edge.web.context import SITE, PanelContext
from edge.web.pages.shell import page
from edge.web.problem import Problem, body_wrong
from edge.web.responses import answer_json, answer_outcome, texts_of

QUERY_CHARS = 2000
WEEK = timedelta(days=7)


class CopilotQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question; without a `session_id` a new conversation begins.

    `option`: the tapped option of a proposal. `context`: also return low stock, held prices, open orders and alerts.
    """

    query: Annotated[str, msgspec.Meta(max_length=4 * QUERY_CHARS)] = ""
    session_id: Annotated[str, msgspec.Meta(max_length=80)] = ""
    option: Annotated[str, msgspec.Meta(max_length=80)] = ""
    context: bool = False


class ToolShown(msgspec.Struct, frozen=True):
    """An available tool."""

    name: str
    description: str
    schema: dict[str, str]
    right: str
    needs_yes: bool


class CopilotHistory(msgspec.Struct, frozen=True):
    """Questions and answers, oldest first."""

    session_id: str
    messages: list[CopilotMessage]


async def query(request: web.Request) -> web.Response:
    """`POST copilot/query`: answer a question, with the rows behind the figures and the confidence."""
    actor = speaker(request)
    try:
        asked = msgspec.json.decode(await request.read(), type=CopilotQuery)
    except msgspec.MsgspecError as error:
        raise body_wrong(error) from error
    outcome = await answer_question(request, actor, asked)
    return answer_refused_turn(request, outcome) if isinstance(outcome, Refused) else answer_json(outcome)


async def answer_question(
    request: web.Request,
    actor: Actor,
    asked: CopilotQuery,
    turn: str = "",
    told: Callable[[ToolCall], None] = lambda call: None,
) -> CopilotAnswer | Refused:
    """Answer a question. Repeating a `turn` has no further effect.

    `told` receives each tool call as it completes. Raises `Problem` if the question is empty or too long, or the
    session unknown.
    """
    site, began_us = request.app[SITE], time.monotonic_ns() // 1000
    text = clean(asked.query).strip()
    if len(text) > QUERY_CHARS or not (asked.option or any(letter.isalnum() for letter in text)):
        raise Problem(400, "chat_text", most=QUERY_CHARS)
    session = await _session(request, actor, asked.session_id, begins=bool(turn))
    language = texts_of(request).language
    before = session.context if session else Remembered()
    id = session.id if session else asked.session_id or new_session()
    turn = turn or to_letters(os.urandom(12))
    desk = desk_of(site, actor, await tools_of(site))
    is_waiting = bool(before.chat) and await _is_open(site, before, "other")
    form = None if is_waiting else await _form_wished(site, desk, text, language, before)
    other_rule = None if is_waiting or form else await begin_whatif(request, desk, text, language, id)
    if asked.option.startswith(RESULT):
        other_rule = await tell_whatif(request, desk, asked.option, id)
    read = None if form or other_rule else await understood_by(site, desk, text, language, before)
    wishes = read is not None and is_wish(read) and "RecordMovement" in desk.tools
    if form:
        label = texts_of(request).say("copilot.form_open")
        options = [{"id": form.address, "label": label, "icon": ""}] if form.address else []
        answer, after = CopilotAnswer(id, form.text, [], {}, copilot.READ, [], form.language, "", options), before
    elif other_rule:
        answer, after = other_rule, before
    elif read is None or wishes or asked.option or await _is_open(site, before, read.kind):
        answer, after = await _propose(request, actor, asked, id, before, turn)
    else:
        await caught_up(site.shop, *BEHIND)
        answer, after = await copilot.answer(desk, read.questions, id, told, before, asked.context)
        answer = await phrased_by(site, answer)
    said = text or ("" if asked.option.startswith(RESULT) else asked.option)
    remembered = msgspec.structs.replace(_remember_command(id, said, answer, after), began_mono_us=began_us)
    kept = await site.shop.do(remembered, actor, turn_id(id, turn))
    return kept if isinstance(kept, Refused) else answer


async def _form_wished(
    site: PanelContext, desk: Desk, text: str, language: str, before: Remembered
) -> FilledForm | None:
    """The form that a sentence asks for, or None."""
    spoken_of = before.meaning.product if before.meaning else ""
    wish = ReadFormWish(text, language, desk.currency, desk.today, desk.actor.register, spoken_of)
    return await site.asker.read_beside(wish)


def _remember_command(id: str, text: str, answer: CopilotAnswer, after: Remembered) -> RememberAnswer:
    body = msgspec.json.encode(answer)
    if len(body) > 200_000:
        short = [msgspec.structs.replace(call, rows=[]) for call in answer.tool_calls]
        body = msgspec.json.encode(msgspec.structs.replace(answer, tool_calls=short))
    context = msgspec.json.encode(after).decode()
    return RememberAnswer(id, text[:QUERY_CHARS], answer.message[:8000], body.decode(), context)


async def _is_open(site: PanelContext, before: Remembered, kind: Kind) -> bool:
    """Whether a proposal is open and the sentence may answer it."""
    if not before.chat or kind in ("stock", "low", "expiring", "help"):
        return False
    chat = await site.asker.read(lambda db: read_chat(db, before.chat))
    return chat is not None and (chat.state.question is not None or kind in ("cancel", "correct"))


async def _propose(
    request: web.Request, actor: Actor, asked: CopilotQuery, id: str, before: Remembered, turn: str
) -> tuple[CopilotAnswer, Remembered]:
    """Handle a requested action in a conversation in which everything needs confirmation."""
    chat = before.chat or new_session()
    began = time.perf_counter()
    said = spoken_in(request, ChatMessage(asked.query, chat, turn, "", asked.option))
    outcome = await take(request.app[SITE], actor, said, propose=True)
    if isinstance(outcome, Refused) and outcome.code == "question_over":
        chat = new_session()
        outcome = await take(request.app[SITE], actor, msgspec.structs.replace(said, session=chat), propose=True)
    if not isinstance(outcome, ChatAnswer):
        text = texts_of(request).refusal(outcome) if isinstance(outcome, Refused) else ""
        return CopilotAnswer(id, text, [], {}, 0.0, []), before
    ms = round((time.perf_counter() - began) * 1000)
    arguments = {"sku": outcome.product.sku} if outcome.product else {}
    done = [ToolCall("RecordMovement", arguments, True, msgspec.to_builtins(one), ms=ms) for one in outcome.movements]
    options = [msgspec.to_builtins(option) for option in outcome.options]
    language, question = outcome.language, outcome.question
    answer = CopilotAnswer(
        id, outcome.text, done, {}, 1.0 if done else 0.5, ["RecordMovement"], language, question, options
    )
    return answer, msgspec.structs.replace(before, chat=chat)


async def _session(request: web.Request, actor: Actor, id: str, begins: bool = False) -> CopilotSession | None:
    """The actor's own session; None if a new one `begins`. Raises `Problem` 404 if it's another's, over or unknown."""
    if not id:
        return None
    site = request.app[SITE]
    now = site.shop.now_us()
    found = await site.asker.read(lambda db: read_copilot(db, id, actor, now))
    if found is None and not begins:
        raise Problem(404, "no_chat")
    return found


async def tools(request: web.Request) -> web.Response:
    """`GET copilot/tools`: the tools this person may use, and the actions available after confirmation."""
    site, actor = request.app[SITE], speaker(request)
    texts, registry, allowed = texts_of(request), site.shop.registry, await tools_of(site)
    shown = [
        ToolShown(
            tool.name, texts.say(f"copilot_tool.{tool.name}"), tool.schema, registry.queries[tool.query].right, False
        )
        for tool in tools_for(registry, actor, allowed)
    ]
    spec = registry.by_name["RecordMovement"]
    if spec.allows(actor) and spec.name in allowed:
        schema = {"sku": "string", "type": "in|out|waste|adjust", "boxes": "integer", "units": "thousandths"}
        shown.append(ToolShown(spec.name, texts.say("copilot_tool.RecordMovement"), schema, spec.right, True))
    return answer_json({"tools": shown})


async def history(request: web.Request) -> web.Response:
    """`GET copilot/session/{id}/history`: one's own questions and answers."""
    actor, id = speaker(request), request.match_info["id"]
    await _session(request, actor, id)

    def read(db: Connection) -> list[CopilotMessage]:
        return read_messages(db, id)

    return answer_json(CopilotHistory(id, await request.app[SITE].asker.read(read)))


async def forget(request: web.Request) -> web.Response:
    """`DELETE copilot/session/{id}`: delete one's own questions."""
    actor, id = speaker(request), request.match_info["id"]
    await _session(request, actor, id)
    outcome = await request.app[SITE].shop.do(EndCopilot(id), actor)
    if isinstance(outcome, Refused):
        return answer_outcome(outcome, texts_of(request))
    return web.Response(status=204)


async def copilot_page(request: web.Request) -> web.Response:
    """`GET /manager/copilot`: ask, and see the rows behind each figure."""
    say = texts_of(request).say
    heads = {one: say(f"meaning_dimension.{one}") for one in DIMENSIONS} | {"figure": say("insight.figure")}
    heads |= {one: say(f"whatif.{one}") for one in ("was", "would", "happened", "simulated", "simulated_with")}
    return page(request, "copilot", heads=msgspec.json.encode(heads).decode())


_WHO = {"right": MANAGE, "also": STOCK, "tag": "assistant"}
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/copilot/query",
        handler=query,
        name="copilotQuery",
        body=Body(CopilotQuery),
        answer=Answer(CopilotAnswer),
        statuses=(404,),
        **_WHO,  # type: ignore[arg-type]
    ),
    Endpoint(
        method="GET",
        path="/api/v1/copilot/tools",
        handler=tools,
        name="copilotTools",
        answer=Answer(list[ToolShown], under="tools"),
        **_WHO,  # type: ignore[arg-type]
    ),
    Endpoint(
        method="GET",
        path="/api/v1/copilot/session/{id}/history",
        handler=history,
        name="copilotHistory",
        answer=Answer(CopilotHistory),
        statuses=(404,),
        **_WHO,  # type: ignore[arg-type]
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/copilot/session/{id}",
        handler=forget,
        name="forgetCopilot",
        answer=NO_CONTENT,
        statuses=(404,),
        **_WHO,  # type: ignore[arg-type]
    ),
)
PAGES = (
    Page(
        path="/manager/copilot",
        name="copilot",
        handler=copilot_page,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="copilot.title",
        group="insight",
        place=70,
    ),
)
