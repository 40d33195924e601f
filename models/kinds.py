"""What models do, kind by kind: what is asked of them, what comes in between, and the answer.

A request's type says which kind of model it is for. Sound is 16-bit signed, mono, in the machine's byte order
(little-endian); texts are Unicode in logical order; places in pictures are pixels from the upper left corner.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

import msgspec

from models.tensor import Tensor

Language = str
"""An ISO 639-1 code such as "he"; "" where it does not matter."""
Rate = Annotated[int, msgspec.Meta(ge=8_000, le=48_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


Partial = TypeVar("Partial")
Reply = TypeVar("Reply")


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Request(_Struct, Generic[Partial, Reply], frozen=True):
    """What all requests are: to be answered by a `Reply`, with any number of `Partial` in between."""


class Nothing(_Struct, frozen=True):
    """Where nothing comes in between."""


# -- llm: language model


class Message(_Struct, frozen=True):
    role: Literal["system", "user", "assistant"]
    content: str


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


class Complete(Request[Token, Completed], frozen=True):
    """Go on with a conversation, by the model's own chat template.

    `schema` (a JSON schema, as JSON) or `grammar` (GBNF) constrains the answer; at most one of them.
    What the model worked out for the beginning that requests share is kept. `temperature` 0 always takes the likeliest
    token; above it the same `seed` says the same where as much of the prompt was known (`cached_tokens`).
    """

    messages: tuple[Message, ...]
    schema: str = ""
    grammar: str = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8_192)] = 256
    stop: tuple[str, ...] = ()
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 0


# -- stt: speech to text; the sound is fed


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
    """All final utterances, one a line. `unheard`: phrases that could not be listened for: nobody knows their sound."""

    text: str
    words: tuple[Word, ...] = ()
    sound_ms: int = 0
    unheard: tuple[str, ...] = ()


class Listen(Request[Heard, Transcribed], frozen=True):
    """Write down the speech that is fed. With `phrases` nothing else is understood (a grammar)."""

    language: Language
    rate_hz: Rate = 16_000
    phrases: tuple[str, ...] = ()


# -- tts: text to speech


class Sound(_Struct, frozen=True):
    """One sentence, or a part of one: its samples."""

    samples: bytes
    rate_hz: Rate


class Spoken(_Struct, frozen=True):
    sound_ms: int
    sentences: int


class Speak(Request[Sound, Spoken], frozen=True):
    """Say this. `voice` is a name of the model's own, "" its first; `speed` 2 is twice as fast."""

    text: str
    language: Language
    voice: str = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


# -- vad: when somebody speaks; the sound is fed


class Speech(_Struct, frozen=True):
    """Somebody begins, or has stopped, at this time from the beginning of the sound."""

    speaking: bool
    at_ms: int


class SpeechFound(_Struct, frozen=True):
    """Every stretch of speech, as (from, to) in milliseconds."""

    spans_ms: tuple[tuple[int, int], ...]
    sound_ms: int


class DetectSpeech(Request[Speech, SpeechFound], frozen=True):
    """Somebody stops speaking when `pause_ms` have been silent."""

    rate_hz: Rate = 16_000
    threshold: Share = 0.5
    pause_ms: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 500


# -- wake: one of a few words; the sound is fed


class Woken(_Struct, frozen=True):
    word: str
    at_ms: int
    confidence: Share = 1.0


class Awaited(_Struct, frozen=True):
    times: int
    sound_ms: int


class AwaitWord(Request[Woken, Awaited], frozen=True):
    """A higher `threshold` misses more and wakes less by mistake."""

    words: tuple[str, ...]
    language: Language = ""
    rate_hz: Rate = 16_000
    threshold: Share = 0.5


# -- embed_voice: whose voice it may be; the sound is fed


class VoiceFound(_Struct, frozen=True):
    """`values`: float32 (1 + parts, dimensions), each of length 1: all that was said, and where it is long enough each
    part of it in their order. `speech_ms` of `sound_ms` were speech. `made_by`: the model, and a digest of its file, as
    vectors of two models have nothing to do with each other."""

    values: Tensor
    speech_ms: int
    sound_ms: int
    made_by: str


class EmbedVoice(Request[Nothing, VoiceFound], frozen=True):
    """What a voice sounds like, whatever it says."""

    rate_hz: Rate = 16_000


# -- detect, classify, embed_image: pictures


class Picture(_Struct, frozen=True):
    """uint8: (height, width, 3) as OpenCV has it, (height, width) if grey, or a JPEG, PNG or WebP file's bytes
    (length,)."""

    pixels: Tensor
    order: Literal["bgr", "rgb", "grey", "file"] = "bgr"


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


class Detect(Request[Nothing, Detected], frozen=True):
    """Find things. With `labels`, these alone."""

    pictures: tuple[Picture, ...]
    threshold: Share = 0.5
    labels: tuple[str, ...] = ()


class Label(_Struct, frozen=True):
    name: str
    score: Share


class Classified(_Struct, frozen=True):
    """Of each picture, the likeliest first."""

    labels: tuple[tuple[Label, ...], ...]


class Classify(Request[Nothing, Classified], frozen=True):
    pictures: tuple[Picture, ...]
    top: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5


class Vectors(_Struct, frozen=True):
    """float32 (count, dimensions), each of length 1."""

    values: Tensor


class EmbedImages(Request[Nothing, Vectors], frozen=True):
    pictures: tuple[Picture, ...]


# -- embed_face: whose face it may be


class FaceFound(_Struct, frozen=True):
    """How many faces are in a picture; of one alone its vector, float32 (1, dimensions) of length 1 (else (0, 0)), its
    shorter side in pixels, and how sharp it is (variance of its Laplacian). `made_by`: the model, and a digest of its
    files, as vectors of two models have nothing to do with each other."""

    values: Tensor
    faces: int
    side_px: int
    sharpness: float
    made_by: str


class EmbedFace(Request[Nothing, FaceFound], frozen=True):
    """What the one face in a picture is like. Neither age nor sex nor mood is told by anything here."""

    picture: Picture


# -- ocr: text in pictures


class Line(_Struct, frozen=True):
    """A line of text and its four corners, from the upper left of the text clockwise, as (x, y)."""

    text: str
    score: Share
    corners: tuple[tuple[float, float], ...]


class ReadLines(_Struct, frozen=True):
    """As one would read them, from top to bottom; the size of the page in pixels, and how many pages there are."""

    lines: tuple[Line, ...]
    width: int = 0
    height: int = 0
    pages: int = 1


class Read(Request[Nothing, ReadLines], frozen=True):
    """`picture` may be a PDF file, too: its `page` is drawn and read, the first one being 0."""

    picture: Picture
    language: Language = "en"
    page: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


# -- embed: texts as vectors


class Embed(Request[Nothing, Vectors], frozen=True):
    """`purpose`: some models place a question otherwise than what answers it."""

    texts: tuple[str, ...]
    purpose: Literal["passage", "query"] = "passage"
    language: Language = ""


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
    "embed_voice": Kind(EmbedVoice, Nothing, VoiceFound, fed=True),
    "detect": Kind(Detect, Nothing, Detected),
    "classify": Kind(Classify, Nothing, Classified),
    "embed_face": Kind(EmbedFace, Nothing, FaceFound),
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
