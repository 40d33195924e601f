"""A sample request for each kind, to test that a model works and how fast: texts, a tone, a grey picture."""

from __future__ import annotations

import math
import struct
from typing import Any

from models.kinds import (
    KINDS,
    AwaitWord,
    Classify,
    Complete,
    Detect,
    DetectSpeech,
    Embed,
    EmbedFace,
    EmbedImages,
    EmbedVoice,
    Listen,
    Message,
    Picture,
    Read,
    Request,
    Speak,
)
from models.tensor import Tensor

SOUND_S = 3
RATE_HZ = 16_000
_TEXTS = {
    "en": "Good morning. What would you like today?",
    "fr": "Bonjour. Que désirez-vous aujourd'hui ?",
    "he": "בוקר טוב. במה אפשר לעזור היום?",
}


def sample(kind: str, languages: tuple[str, ...]) -> tuple[Request[Any, Any], bytes]:
    """A request, and the sound to feed (empty for kinds that aren't fed)."""
    language = next(iter(languages), "en")
    text = _TEXTS.get(language, _TEXTS["en"])
    request: dict[str, Request[Any, Any]] = {
        "llm": Complete((Message("user", text),), max_tokens=32),
        "stt": Listen(language),
        "tts": Speak(text, language),
        "vad": DetectSpeech(),
        "wake": AwaitWord(("hello",)),
        "embed_voice": EmbedVoice(),
        "detect": Detect((_picture(),)),
        "classify": Classify((_picture(),)),
        "embed_face": EmbedFace(_picture()),
        "embed_image": EmbedImages((_picture(),)),
        "ocr": Read(_picture(), language),
        "embed": Embed((text,)),
    }
    return request[kind], _tone() if KINDS[kind].fed else b""


def _picture() -> Picture:
    """640 by 480 pixels, grey, with a dark rectangle in the middle."""
    rows = [bytes([200]) * 640 for _ in range(480)]
    for y in range(160, 320):
        rows[y] = bytes([200]) * 200 + bytes([40]) * 240 + bytes([200]) * 200
    return Picture(Tensor(b"".join(value for row in rows for value in (bytes([v]) * 3 for v in row)), (480, 640, 3)))


def _tone() -> bytes:
    """A quiet tone of 440 Hz."""
    steps = range(SOUND_S * RATE_HZ)
    return struct.pack(f"<{len(steps)}h", *(int(3_000 * math.sin(2 * math.pi * 440 * n / RATE_HZ)) for n in steps))
