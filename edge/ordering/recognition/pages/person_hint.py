"""Matching, recording a match and enrolling a template, for both voices and faces."""

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
    """The number of samples taken and needed; the last one completes the enrolment."""

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
"""An endpoint for recognition at a till."""
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
"""An endpoint for one's own enrolment."""


def refusing(handler: Handler) -> Handler:
    """Make a handler answer a rule's refusal in the same way as a command's."""

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
    """The best match among templates of the same model. Templates that can't be read are deleted."""
    now_us = site.shop.now_us()
    known, unreadable = await site.asker.read(lambda db: read_all(db, made_by, now_us, means.name))
    for person in unreadable:
        await site.shop.maintain(partial(let_go, person=person, means=means))
    return nearest(vector, known, trials.threshold)


async def record_recognition(site: PanelContext, command: NoteVoiceKnown | NoteFaceKnown) -> str:
    """Record that a person was recognised; returns their name."""
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
    """Add a sample to an enrolment. The third sample stores the template.

    Raises `Refusal` if the samples differ too much; the enrolment then starts over.
    """
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
