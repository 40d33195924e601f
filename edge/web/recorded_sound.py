"""Browser and phone recordings, decoded in isolation."""

from __future__ import annotations

from edge.core.process import child, recording_reader
from edge.lib.sound.wav import Sound, read_wav
from edge.web.context import PanelContext
from edge.web.work_threads import HEAVY

SOUNDS = (
    "audio/wav, audio/webm, audio/ogg, audio/mpeg, audio/flac, audio/mp4, audio/aac, audio/3gpp, audio/amr, audio/x-caf"
)
"""Sound types, as named in a request."""
_READER = "edge.core.process.recording_reader"


async def sound_of(site: PanelContext, data: bytes) -> Sound | None:
    """Decode a recording of up to 60 s, in any of SOUNDS; None if it is unsupported or longer.

    All formats except plain WAV are decoded in a separate process. Raises `Problem` 503 if too many are waiting.
    """
    if plain := read_wav(data):
        return plain
    try:
        made = await site.services.of(HEAVY).do(child.ask, _READER, data, recording_reader.WAIT_S)
    except child.ChildFailed:
        return None
    head = recording_reader.HEAD
    return Sound(made[head.size :], *head.unpack_from(made))
