"""Context and sentence reading of the copilot, for its own page and for stock conversations."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.roster import speaker_at
from edge.conversation.assistant.settings import live, settings_of
from edge.conversation.assistant.stock.told_figures import ABOUT_CHARS, MESSAGE_CHARS, ToldFigures
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import CopilotAnswer, Desk, Remembered
from edge.conversation.copilot.copilot_reads import ReadQuery
from edge.conversation.copilot.meaning.answerable import cannot_tell
from edge.conversation.copilot.meaning.model_words import asks_model, is_so, reword_question
from edge.conversation.copilot.phrased_answer import phrase_answer
from edge.conversation.understanding.language_models import MODELS
from edge.core.journal.projections import caught_up
from edge.core.messages import Actor
from edge.counter.reports.queries import BEHIND
from edge.foundation.access.rights import MANAGE, STOCK
from edge.web.context import PanelContext


class CopilotInChat:
    """Answers managers' questions in a stock conversation, as the copilot's page does."""

    async def answer_question(
        self, site: PanelContext, actor: Actor, text: str, language: str, about: str, surely: bool
    ) -> ToldFigures | None:
        """See `FiguresTeller`."""
        if not (actor.may(MANAGE) or actor.may(STOCK)):
            return None
        desk = desk_of(site, actor, await tools_of(site))
        before = msgspec.json.decode(about, type=Remembered) if about else Remembered()
        understood = (await understood_by(site, desk, text, language, before, surely)).questions
        if not surely and not all(one.complete and cannot_tell(one.meaning) is None for one in understood):
            return None
        await caught_up(site.shop, *BEHIND)
        answer, after = await copilot.answer(desk, understood, "", before=before)
        answer = await phrased_by(site, answer) if surely else answer
        kept = msgspec.json.encode(after).decode()
        return ToldFigures(answer.message[:MESSAGE_CHARS], answer.language, kept if len(kept) <= ABOUT_CHARS else "")


async def understood_by(
    site: PanelContext, desk: Desk, text: str, language: str, before: Remembered, asks: bool = True
) -> ReadQuery:
    """The questions in a sentence. If it clearly `asks` and the grammar has gaps, a language model may quote the
    measure."""
    read = await site.asker.read_beside(copilot.query_at(desk, text, language, before))
    if (
        not asks
        or not asks_model(read.questions)
        or not (quoted := await reword_question(site.services.of(MODELS), text, read.questions))
    ):
        return read
    again = await site.asker.read_beside(copilot.query_at(desk, quoted.text, language, before))
    return read._replace(questions=again.questions) if is_so(quoted, read.questions, again.questions) else read


async def phrased_by(site: PanelContext, answer: CopilotAnswer) -> CopilotAnswer:
    """The answer rephrased in sentences below its first line, if a local model does so faithfully."""
    first, *lines = answer.message.split("\n")
    if not answer.sources:
        return answer
    said = await phrase_answer(site.services.of(MODELS), lines, answer.language)
    return msgspec.structs.replace(answer, message=f"{first}\n{said}") if said else answer


async def tools_of(site: PanelContext) -> frozenset[str]:
    """The copilot tools this shop allows."""
    settings = live(settings_of(site.config))
    return (await site.asker.read(lambda db: speaker_at(settings.at(db), "copilot")))[1].tools


def desk_of(site: PanelContext, actor: Actor, tools: frozenset[str]) -> Desk:
    now = site.shop.now_us()
    today = site.config.business_date(now)
    zone, currency = site.settings.zone, site.settings.currency
    beside = site.asker.beside
    return Desk(site.shop.open_reader, site.shop.registry, actor, currency, today, now, zone, tools, beside)
