"""Read speech a second time: by a model without a grammar, which weighs what the first one heard against its own.

Two models err at different words, so the likelier reading of both is right more often than either alone. Something is
done at once only if both heard it independently; else the likelier reading is proposed.
"""

from __future__ import annotations

from edge.conversation.understanding.sentence import understand
from edge.conversation.understanding.speech_input import acts, agree, same_request, says_pin, spellings
from edge.conversation.voice.voice_line import SecondReading, SpeechModels
from models.errors import ModelError

ANSWERS = ("yes", "no", "stop", "cancel", "wait", "empty")
WORDS = 3


async def read_again(
    models: SpeechModels, samples: bytes, rate_hz: int, language: str, within_s: float, first: str
) -> SecondReading:
    """Recognise the audio again. The reading is empty if that fails.

    `first`: the text from the first model. If the same model reads again, it doesn't get `first`, which would only make
    it agree with itself.
    """
    guesses = spellings(first, language) if models.checks(language) else ()
    try:
        async with await models.listen(language, rate_hz, within_s, free=True, guesses=guesses) as reply:
            reply.feed(samples)
            reply.end()
            heard = await reply
    except ModelError:
        return SecondReading()
    text, own = " ".join(heard.text.split()), " ".join(heard.own.split())
    return SecondReading(text, own) if own else SecondReading(own=text)


def settle(first: str, second: SecondReading, language: str) -> tuple[str, bool]:
    """Return the reading to use, and whether both models recognised it independently."""
    best = likelier(first, second, language)
    best = best if acts(best, language) else first
    return best, agree(first, second.own, language) and same_request(first, best, language)


def likelier(first: str, second: SecondReading, language: str) -> str:
    """The second reading, unless it is a PIN or a short answer such as "yes"; then the first."""
    kind = understand(second.text, language).kind
    return first if kind in ANSWERS or says_pin(second.text, language) else second.text


def is_worth_reading_again(text: str, language: str) -> bool:
    """Whether a kiosk's sentence is long enough to have been misheard in part: it isn't a short answer."""
    said = understand(text, language)
    return said.kind not in ANSWERS and len(text.split()) >= WORDS
