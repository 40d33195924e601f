"""A what-if asked in words: calculated in the background process, with the answer in the same conversation."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.analytics.whatif.comparison import RunState
from edge.analytics.whatif.routes import begin_run, begin_stock_run
from edge.analytics.whatif.service.runs import RUNS, STOCK_RUNS
from edge.analytics.whatif.stock_scenario import StockComparison, StockRunState
from edge.conversation.assistant.turns.dialogue import OPENS
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import CopilotAnswer, Desk, ToolCall
from edge.conversation.copilot.copilot_memory import read_messages
from edge.conversation.copilot.whatif_rules import standard_class
from edge.conversation.copilot.whatif_told import stock_lines, stock_result, whatif_lines, whatif_result
from edge.conversation.copilot.whatif_wishes import ReadWhatifWish, may_ask_whatif
from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE
from edge.lib.i18n import translate
from edge.web.context import SITE, PanelContext
from edge.web.responses import texts_of

RESULT = "whatif:"
"""Prefix of an option that asks for a run's answer; its id follows."""
STOCK = "stock/"
"""Prefix of the ids of runs about stock."""
TOOL = "whatif"


async def begin_whatif(
    request: web.Request, desk: Desk, text: str, language: str, session: str
) -> CopilotAnswer | None:
    """Return the immediate reply to a what-if question: that it's being calculated, or the reason why it can't be.

    None if the text isn't such a question.
    """
    site = request.app[SITE]
    if not may_ask_whatif(text):
        return None
    asked = desk.actor, desk.currency, desk.today, desk.at_us, desk.zone
    tax_class = standard_class(site.services.of(NOW)().on(desk.today).tax)
    wish = await site.asker.read_beside(ReadWhatifWish(*asked, text, language, tax_class))
    if wish is None:
        return None
    answer = CopilotAnswer(session, wish.text, [], {}, copilot.UNKNOWN, [], wish.language)
    if wish.scenario is None and wish.stock is None:
        return answer
    if not desk.actor.may(MANAGE):
        return msgspec.structs.replace(answer, message=translate(wish.language, "copilot.not_allowed"))
    try:
        if wish.stock is not None:
            run = STOCK + await begin_stock_run(site, wish.stock, desk.today)
        elif wish.scenario is not None:
            run = await begin_run(site, wish.scenario, desk.today)
    except Refusal as refusal:
        return msgspec.structs.replace(answer, message=texts_of(request).refusal(refusal.refused))
    return _working(desk, answer, run)


async def tell_whatif(request: web.Request, desk: Desk, option: str, session: str) -> CopilotAnswer:
    """The answer of a what-if begun in this conversation, or its progress."""
    site, id = request.app[SITE], option.removeprefix(RESULT)

    def read(db: Connection) -> CopilotAnswer | None:
        told = (one.body for one in read_messages(db, session) if one.body and one.body.get("run") == id)
        return next((msgspec.convert(one, CopilotAnswer) for one in told), None)

    begun = await site.asker.read(read)
    language = begun.language if begun else texts_of(request).language
    title = begun.message.partition("\n")[0] if begun else ""
    answer = CopilotAnswer(session, title, [], {}, copilot.UNKNOWN, [], language, run=id)
    run = _find(site, id)
    if not desk.actor.may(MANAGE):
        return msgspec.structs.replace(answer, message=translate(language, "copilot.not_allowed"))
    if run is not None and run.state in ("waiting", "running"):
        return _working(desk, answer, id)
    if run is None or run.comparison is None:
        why = translate(language, f"whatif.{run.why if run else 'lost'}", **(run.values if run else {}))
        return _with_lines(answer, [why], ToolCall(TOOL, {}, False, error="failed"))
    days = {"first": run.scenario.first, "last": run.scenario.last}
    if isinstance(run.comparison, StockComparison):
        figures, rows = stock_result(run.comparison, desk.currency, language)
        lines = stock_lines(run.comparison, desk.currency, language)
    else:
        figures, rows = whatif_result(run.comparison, desk.currency, language)
        lines = whatif_lines(run.comparison, desk.currency, language)
    call = ToolCall(TOOL, days, True, figures, rows, ms=round(run.comparison.seconds * 1000))
    answer = _with_lines(answer, lines, call)
    return msgspec.structs.replace(answer, confidence=copilot.READ, sources=[TOOL], options=[_link(desk, id, language)])


def _find(site: PanelContext, id: str) -> RunState | StockRunState | None:
    if id.startswith(STOCK):
        return site.services.of(STOCK_RUNS).find(id.removeprefix(STOCK))
    return site.services.of(RUNS).find(id)


def _working(desk: Desk, answer: CopilotAnswer, run: str) -> CopilotAnswer:
    key = "copilot.whatif_simulating" if run.startswith(STOCK) else "copilot.whatif_working"
    message = f"{answer.message}\n{translate(answer.language, key)}"
    options = [_link(desk, run, answer.language)]
    return msgspec.structs.replace(answer, message=message, confidence=copilot.READ, options=options, run=run)


def _with_lines(answer: CopilotAnswer, lines: list[str], call: ToolCall) -> CopilotAnswer:
    told = [answer.message, *lines] if answer.message else lines
    return msgspec.structs.replace(answer, message="\n".join(told), tool_calls=[call])


def _link(desk: Desk, run: str, language: str) -> dict[str, str]:
    page = "whatif-stock" if run.startswith(STOCK) else "whatif"
    query = urlencode({"register": desk.actor.register, "run": run.removeprefix(STOCK)})
    return {"id": f"{OPENS}/manager/{page}?{query}", "label": translate(language, "copilot.whatif_open"), "icon": ""}
