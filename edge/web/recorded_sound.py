"""Recordings as browsers and phones make them, decoded where they can do no harm."""

from __future__ import annotations

from edge.core.process import child, recording_reader
from edge.lib.sound.wav import Sound, read_wav
from edge.web.context import PanelContext
from edge.web.work_threads import HEAVY

SOUNDS = "audio/wav, audio/webm, audio/ogg, audio/mpeg, audio/flac, audio/mp4"
"""The kinds, as a request says them."""
_READER = "edge.core.process.recording_reader"


async def sound_of(site: PanelContext, data: bytes) -> Sound | None:
    """What a recording sounds like, at most 60 s of it: WAV, FLAC, MP3, Ogg, Opus in WebM or AAC in MP4; None where it
    is none of these, or longer. What is no plain WAV is decoded by a process of its own. `Problem` 503: too many are.
    """
    if plain := read_wav(data):
        return plain
    try:
        made = await site.services.of(HEAVY).do(child.ask, _READER, data, recording_reader.WAIT_S)
    except child.ChildFailed:
        return None
    head = recording_reader.HEAD
    return Sound(made[head.size :], *head.unpack_from(made))
