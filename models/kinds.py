"""What models do, kind by kind: what is asked of them, what comes in between, and the answer.

A request's type says which kind of model it is for. Sound is 16-bit signed, mono, in the machine's byte order
(little-endian); texts are Unicode in logical order; places in pictures are pixels from the upper left corner.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import msgspec

from models.tensor import Tensor

Language = str
"""An ISO 639-1 code such as "he"; "" where it does not matter."""
Rate = Annotated[int, msgspec.Meta(ge=8_000, le=48_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


# -- llm: language model


class Message(_Struct, frozen=True):
    role: Literal["system", "user", "assistant"]
    content: str


class Complete(_Struct, frozen=True):
    """Go on with a conversation, by the model's own chat template.

    `schema` (a JSON schema, as JSON) or `grammar` (GBNF) constrains the answer; at most one of them.
    Requests with the same `cache_key` begin alike: what the model worked out for their common beginning is
    kept. `temperature` 0 always takes the likeliest token.
    """

    messages: tuple[Message, ...]
    schema: str = ""
    grammar: str = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8_192)] = 256
    stop: tuple[str, ...] = ()
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    seed: int = 0
    cache_key: str = ""


class Token(_Struct, frozen=True):
    """A piece of the answer, as soon as it is there: one token or more, always whole characters."""

    text: str


class Completed(_Struct, frozen=True):
    """The whole answer; what `stop` matched is not in it.

    `cached_tokens`: those of the prompt that were known already. `first_ms`: until the first token of the answer.
    """

    text: str
    prompt_tokens: int
    tokens: int
    ended: Literal["end", "stop", "length"]
    cached_tokens: int = 0
    first_ms: float = 0.0
    ms: float = 0.0


# -- stt: speech to text; the sound is fed


class Listen(_Struct, frozen=True):
    """Write down the speech that is fed. With `phrases` nothing else is understood (a grammar)."""

    language: Language
    rate_hz: Rate = 16_000
    phrases: tuple[str, ...] = ()


class Word(_Struct, frozen=True):
    """A word and when it was said, in milliseconds from the beginning of the sound."""

    text: str
    from_ms: int
    to_ms: int
    confidence: Share = 1.0


class Heard(_Struct, frozen=True):
    """What the utterance is so far; once `final`, it stays as it is and a new one begins."""

    text: str
    final: bool = False
    words: tuple[Word, ...] = ()


class Transcribed(_Struct, frozen=True):
    """All final utterances, one a line."""

    text: str
    words: tuple[Word, ...] = ()
    sound_ms: int = 0


# -- tts: text to speech


class Speak(_Struct, frozen=True):
    """Say this. `voice` is a name of the model's own, "" its first; `speed` 2 is twice as fast."""

    text: str
    language: Language
    voice: str = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


class Sound(_Struct, frozen=True):
    """One sentence, or a part of one: its samples."""

    samples: bytes
    rate_hz: Rate


class Spoken(_Struct, frozen=True):
    sound_ms: int
    sentences: int


# -- vad: when somebody speaks; the sound is fed


class DetectSpeech(_Struct, frozen=True):
    """Somebody stops speaking when `pause_ms` have been silent."""

    rate_hz: Rate = 16_000
    threshold: Share = 0.5
    pause_ms: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 500


class Speech(_Struct, frozen=True):
    """Somebody begins, or has stopped, at this time from the beginning of the sound."""

    speaking: bool
    at_ms: int


class SpeechFound(_Struct, frozen=True):
    """Every stretch of speech, as (from, to) in milliseconds."""

    spans_ms: tuple[tuple[int, int], ...]
    sound_ms: int


# -- wake: one of a few words; the sound is fed


class AwaitWord(_Struct, frozen=True):
    """A higher `threshold` misses more and wakes less by mistake."""

    words: tuple[str, ...]
    language: Language = ""
    rate_hz: Rate = 16_000
    threshold: Share = 0.5


class Woken(_Struct, frozen=True):
    word: str
    at_ms: int
    confidence: Share = 1.0


class Awaited(_Struct, frozen=True):
    times: int
    sound_ms: int


# -- detect, classify, embed_image: pictures


class Picture(_Struct, frozen=True):
    """uint8: (height, width, 3) as OpenCV has it, (height, width) if grey, or a JPEG or PNG file's bytes (length,)."""

    pixels: Tensor
    order: Literal["bgr", "rgb", "grey", "file"] = "bgr"


class Detect(_Struct, frozen=True):
    """Find things. With `labels`, these alone."""

    pictures: tuple[Picture, ...]
    threshold: Share = 0.5
    labels: tuple[str, ...] = ()


class Box(_Struct, frozen=True):
    label: str
    score: Share
    left: float
    top: float
    right: float
    bottom: float


class Detected(_Struct, frozen=True):
    """Of each picture, the surest first."""

    boxes: tuple[tuple[Box, ...], ...]


class Classify(_Struct, frozen=True):
    pictures: tuple[Picture, ...]
    top: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Label(_Struct, frozen=True):
    name: str
    score: Share


class Classified(_Struct, frozen=True):
    """Of each picture, the likeliest first."""

    labels: tuple[tuple[Label, ...], ...]


class EmbedImages(_Struct, frozen=True):
    pictures: tuple[Picture, ...]


class Vectors(_Struct, frozen=True):
    """float32 (count, dimensions), each of length 1."""

    values: Tensor


# -- ocr: text in pictures


class Read(_Struct, frozen=True):
    picture: Picture
    language: Language = "en"


class Line(_Struct, frozen=True):
    """A line of text and its four corners, from the upper left of the text clockwise, as (x, y)."""

    text: str
    score: Share
    corners: tuple[tuple[float, float], ...]


class ReadLines(_Struct, frozen=True):
    """As one would read them, from top to bottom."""

    lines: tuple[Line, ...]


# -- embed: texts as vectors


class Embed(_Struct, frozen=True):
    """`purpose`: some models place a question otherwise than what answers it."""

    texts: tuple[str, ...]
    purpose: Literal["passage", "query"] = "passage"
    language: Language = ""


class Nothing(_Struct, frozen=True):
    """Where nothing comes in between."""


class Kind(NamedTuple):
    """A request's type, what comes in between, the answer; whether sound is fed."""

    request: type[msgspec.Struct]
    partial: type[msgspec.Struct]
    reply: type[msgspec.Struct]
    fed: bool = False


KINDS: dict[str, Kind] = {
    "llm": Kind(Complete, Token, Completed),
    "stt": Kind(Listen, Heard, Transcribed, fed=True),
    "tts": Kind(Speak, Sound, Spoken),
    "vad": Kind(DetectSpeech, Speech, SpeechFound, fed=True),
    "wake": Kind(AwaitWord, Woken, Awaited, fed=True),
    "detect": Kind(Detect, Nothing, Detected),
    "classify": Kind(Classify, Nothing, Classified),
    "embed_image": Kind(EmbedImages, Nothing, Vectors),
    "ocr": Kind(Read, Nothing, ReadLines),
    "embed": Kind(Embed, Nothing, Vectors),
}


def kind_of(request: msgspec.Struct) -> str:
    """The kind of model that answers such a request. Raises TypeError for what none does."""
    for name, kind in KINDS.items():
        if type(request) is kind.request:
            return name
    raise TypeError(f"{type(request).__name__} is no request to a model")
