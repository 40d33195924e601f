"""Manager's switch for recording, and the recorded sentences while they exist."""

from __future__ import annotations

import contextlib

import msgspec
from aiohttp import web

from edge.conversation.assistant.commands import SwitchRecording
from edge.conversation.assistant.recording import VoiceRecorder, recorder_of
from edge.core.command_bus import CommandBus
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Actor, Done, Outcome
from edge.foundation.access.rights import MANAGE
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class RecordedShown(msgspec.Struct, frozen=True):
    """A recorded sentence: its time, length (ms), recognised text and confidence (0 to 1)."""

    number: int
    at_us: int
    ms: int
    text: str
    sure: float


class RecordingShown(msgspec.Struct, frozen=True):
    """The register being recorded ("": none), the seconds left, and the sentences so far."""

    register: str
    left_s: int
    sentences: tuple[RecordedShown, ...]


async def switch(request: web.Request) -> web.Response:
    """`POST chat/recording {register, minutes}`: journalled with the person who switches. 0 minutes: off and erased."""
    wanted = await body_of(request, SwitchRecording)
    site, actor = request.app[SITE], msgspec.structs.replace(actor_of(request, assumed=True), surface="chat")
    if wanted.register not in site.config.registers:
        raise Problem(400, "register_unknown", register=wanted.register, allowed=", ".join(site.config.registers))
    recorder = _recorder(request)
    async with recorder.switching:
        outcome = await (_begin_recording if wanted.minutes else _end_recording)(site.shop, actor, recorder, wanted)
    return (
        answer_json(_recording_state(recorder))
        if isinstance(outcome, Done)
        else answer_outcome(outcome, texts_of(request))
    )


async def _end_recording(shop: CommandBus, actor: Actor, recorder: VoiceRecorder, wanted: SwitchRecording) -> Outcome:
    """Stop recording even if the command is refused, and journal it for the register concerned."""
    was = recorder.register or wanted.register
    recorder.end()
    return await shop.do(SwitchRecording(was, 0), actor)


async def _begin_recording(shop: CommandBus, actor: Actor, recorder: VoiceRecorder, wanted: SwitchRecording) -> Outcome:
    """Start recording once it's journalled. A recording at another register ends and is journalled as ended. Raises
    `Problem`, before journalling, if the disk can't be written."""
    try:
        file = recorder.new_file()
    except OSError as error:
        raise Problem(503, "recording_disk", why=error.strerror or str(error)) from error
    with contextlib.ExitStack() as closed:
        closed.callback(file.close)
        if recorder.register not in ("", wanted.register):
            outcome = await shop.do(SwitchRecording(recorder.register, 0), actor)
            if not isinstance(outcome, Done):
                return outcome
            recorder.end()
        outcome = await shop.do(wanted, actor)
        if isinstance(outcome, Done):
            recorder.begin(wanted.register, wanted.minutes, file)
            closed.pop_all()
    return outcome


async def recording(request: web.Request) -> web.Response:
    """`GET chat/recording`: the current recording, newest sentence first."""
    return answer_json(_recording_state(_recorder(request)))


async def sound(request: web.Request) -> web.Response:
    """`GET chat/recording/{number}`: a recorded sentence as a WAV file, until the recording ends."""
    number = request.match_info["number"]
    found = _recorder(request).sound(int(number)) if number.isdigit() and len(number) < 6 else None
    if found is None:
        raise Problem(404, "no_recording")
    return web.Response(body=found, content_type="audio/wav", headers={"Cache-Control": "no-store"})


def _recorder(request: web.Request) -> VoiceRecorder:
    site = request.app[SITE]
    return recorder_of(site, site.config.folder)


def _recording_state(recorder: VoiceRecorder) -> RecordingShown:
    sentences = tuple(RecordedShown(*one) for one in recorder.sentences())
    return RecordingShown(recorder.register, round(recorder.left_s(recorder.register)), sentences)


_PATH, _TAG = "/api/v1/chat/recording", "assistant"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_PATH,
        handler=switch,
        name="switchRecording",
        right=MANAGE,
        tag=_TAG,
        body=Body(SwitchRecording),
        answer=Answer(RecordingShown),
        programs=False,
        reauthenticate=True,
    ),
    Endpoint(
        method="GET",
        path=_PATH,
        handler=recording,
        name="recording",
        right=MANAGE,
        tag=_TAG,
        answer=Answer(RecordingShown),
        programs=False,
    ),
    Endpoint(
        method="GET",
        path=f"{_PATH}/{{number}}",
        handler=sound,
        name="recordedSound",
        right=MANAGE,
        tag=_TAG,
        answer=Answer(media="audio/wav"),
        statuses=(404,),
        programs=False,
    ),
)
