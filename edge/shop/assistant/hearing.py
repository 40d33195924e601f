"""What was said aloud: sound as it may come, and the words that recognition is to expect. Pure."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from typing import NamedTuple

from edge.shop.assistant.lexicon import vocabulary

SOUND_S = 30
SOUND_BYTES = 2 * 1024 * 1024
RATES_HZ = range(8_000, 48_001)
SURE = 0.6
"""Heard less surely than that, nothing is done before somebody said that it is right."""
EXPECTED = 400
OF = {"en": ("of", "and"), "fr": ("de", "et"), "he": ("של",)}
REPLIES = {"en": ("yes", "no", "cancel", "undo"), "fr": ("oui", "non", "annule"), "he": ("כן", "לא", "בטל")}
MOST_SAID = 1000
"""What stands between the words of such a sentence."""


class Sound(NamedTuple):
    """Samples of 16 bits, mono."""

    samples: bytes
    rate_hz: int


def read_wav(data: bytes) -> Sound | None:
    """A WAV file's sound; None where it is none, not 16 bits mono, or too long."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate_hz, frames = file.getframerate(), file.getnframes()
            plain = (file.getsampwidth(), file.getnchannels()) == (2, 1) and rate_hz in RATES_HZ
            if not plain or not 0 < frames <= SOUND_S * rate_hz:
                return None
            return Sound(file.readframes(frames), rate_hz)
    except (wave.Error, EOFError, ValueError):
        return None


def expected(language: str, options: Iterable[str]) -> tuple[str, ...]:
    """The phrases of a conversation: what answers the open question first, then verbs, replies, units and numbers."""
    known = vocabulary(language)
    phrases = [" ".join(phrase) for table in (known.verbs, known.asks) for phrase in table]
    phrases += [word for word in REPLIES[language] if word]
    phrases += [word for forms in known.units.values() for word in (forms.one[0], forms.many[0]) if len(word) > 2]
    numbers = [word for word, value in known.numbers.items() if len(word) > 2 and 0 < value <= MOST_SAID]
    said = (label.lower() for label in options)
    return tuple(dict.fromkeys((*said, *OF[language], *numbers, *phrases)))[:EXPECTED]
