"""What is the same of a voice and of a face: whose it may be, who is told so, and the template that enrolment makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial, wraps

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.messages import Done, Refusal
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import SELL, system
from edge.ordering.recognition.commands import EnrolTemplate, NoteFaceKnown, NoteVoiceKnown
from edge.ordering.recognition.handlers import let_go
from edge.ordering.recognition.matching import middle, nearest
from edge.ordering.recognition.means import Means
from edge.ordering.recognition.template import Template, read_all
from edge.ordering.recognition.trials import Rows, VoiceTrials
from edge.ordering.recognition.voice_desk import UTTERANCES, VoiceDesk
from edge.web.context import SITE, PanelContext
from edge.web.responses import answer_json, answer_outcome, texts_of

Handler = Callable[[web.Request], Awaitable[web.Response]]


class SampleTaken(msgspec.Struct, frozen=True):
    """How many utterances or pictures were taken, of how many; with the last of them who gave them is enrolled."""

    taken: int
    needed: int


till_endpoint = partial(
    Endpoint,
    method="POST",
    right=SELL,
    surfaces=("cashier",),
    tag="recognition",
    rate="sign_in",
    programs=False,
    at_register=True,
)
"""Where somebody is proposed at a till."""
own_endpoint = partial(
    Endpoint,
    method="POST",
    answer=Answer(SampleTaken),
    right=SELL,
    surfaces=("cashier", "panel"),
    tag="recognition",
    statuses=(413, 422),
    programs=False,
)
"""Where somebody enrols themself."""


def refusing(handler: Handler) -> Handler:
    """What a rule refuses is answered as a command's refusal is."""

    @wraps(handler)
    async def wrapper(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return answer_outcome(refusal.refused, texts_of(request))

    return wrapper


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


async def enrolled_by(
    request: web.Request,
    desk: VoiceDesk,
    person: str,
    made_by: str,
    rows: Rows,
    trials: VoiceTrials,
    command: type[EnrolTemplate],
    means: Means,
) -> web.Response:
    """One more utterance or picture of an enrolment, as a model had it; with the last of three a template is kept.
    `Refusal`: they are not near enough to one another, and it begins anew."""
    held = desk.utter(person, made_by, rows)
    taken = len(held.utterances)
    if taken >= UTTERANCES:
        desk.end(person)
        vector, least = middle([one[0] for one in held.utterances])
        if least < trials.threshold:
            raise Refusal(means.differs)
        made = command(person, vector, made_by, min(10_000, round(least * 10_000)))
        outcome = await request.app[SITE].shop.do(made, system("panel"))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
    return answer_json(SampleTaken(taken, UTTERANCES))
