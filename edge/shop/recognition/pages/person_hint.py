"""What is the same of a voice and of a face: whose it may be, who is told so, and the template that enrolment makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps
from typing import TypeVar

from aiohttp import web

from edge.core.messages import Refusal
from edge.shop.access.queries import name_of
from edge.shop.access.rights import system
from edge.shop.recognition.commands import EnrolCustomerFace, EnrolFace, EnrolVoice, NoteFaceKnown, NoteVoiceKnown
from edge.shop.recognition.handlers import let_go
from edge.shop.recognition.matching import middle, nearest
from edge.shop.recognition.means import Means
from edge.shop.recognition.template import Template, read_all
from edge.shop.recognition.trials import Rows, VoiceTrials
from edge.web.context import PanelContext
from edge.web.responses import answer_outcome, texts_of

Handler = Callable[[web.Request], Awaitable[web.Response]]
E = TypeVar("E", bound=EnrolVoice | EnrolFace | EnrolCustomerFace)


def refusing(handler: Handler) -> Handler:
    """What a rule refuses is answered as a command's refusal is."""

    @wraps(handler)
    async def answered(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return answer_outcome(refusal.refused, texts_of(request))

    return answered


async def nearest_template(
    site: PanelContext, vector: Sequence[float], made_by: str, trials: VoiceTrials, means: Means
) -> Template | None:
    """Whose it may be, of those made by the same model; templates that cannot be read are let go."""
    now_us = site.shop.now_us()
    known, unreadable = await site.asker.read(lambda db: read_all(db, made_by, now_us, means.name))
    for person in unreadable:
        await site.shop.maintain(partial(let_go, person=person, means=means))
    return nearest(vector, known, trials.threshold)


async def note_known(site: PanelContext, command: NoteVoiceKnown | NoteFaceKnown) -> str:
    """Note that somebody was known, and what they are called."""
    await site.shop.do(command, system("panel"))
    return await site.asker.read(lambda db: name_of(db, command.person))


def enrolment_of(
    command: type[E], person: str, made_by: str, utterances: Sequence[Rows], trials: VoiceTrials
) -> E | None:
    """What enrols somebody by several utterances or pictures; None: they are not near enough to one another."""
    vector, least = middle([rows[0] for rows in utterances])
    if least < trials.threshold:
        return None
    return command(person, vector, made_by, min(10_000, round(least * 10_000)))
