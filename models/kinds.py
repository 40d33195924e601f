"""Requests, partial results and replies of each kind of model.

A request's type determines the kind of model. Sound is 16-bit signed, mono, in native byte order (little-endian); texts
are Unicode in logical order; positions in pictures are pixels from the upper left corner.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

import msgspec

from models.tensor import Tensor

Language = str
"""An ISO 639-1 code such as "he"; "" if the language doesn't matter."""
Rate = Annotated[int, msgspec.Meta(ge=8_000, le=48_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


Partial = TypeVar("Partial")
Reply = TypeVar("Reply")


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Request(_Struct, Generic[Partial, Reply], frozen=True):
    """Base of all requests. Each is answered by a `Reply`, after any number of `Partial` results."""


class Nothing(_Struct, frozen=True):
    """The partial result of kinds without partial results."""


# -- llm: language model


class Message(_Struct, frozen=True):
    role: Literal["system", "user", "assistant"]
    content: str


class Token(_Struct, frozen=True):
    """A piece of the answer as it's generated: one or more tokens, always in whole characters."""

    text: str


class Completed(_Struct, frozen=True):
    """The whole answer, without the matched `stop`.

    `cached_tokens`: prompt tokens that were cached. `first_ms`: the time to the answer's first token.
    """

    text: str
    prompt_tokens: int
    tokens: int
    ended: Literal["end", "stop", "length"]
    cached_tokens: int = 0
    first_ms: float = 0.0
    ms: float = 0.0


class Complete(Request[Token, Completed], frozen=True):
    """Continue a conversation, with the model's own chat template.

    `schema` (a JSON schema, as JSON) or `grammar` (GBNF), not both, constrains the answer. The state of prefixes shared
    by requests is cached. `temperature` 0 always takes the most likely token; above it, equal `seed` and
    `cached_tokens` give equal answers.
    """

    messages: tuple[Message, ...]
    schema: str = ""
    grammar: str = ""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=8_192)] = 256
    stop: tuple[str, ...] = ()
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] = 0


# -- stt: speech to text; the audio is streamed in


class Word(_Struct, frozen=True):
    """A word and its time, in milliseconds from the start of the sound."""

    text: str
    from_ms: int
    to_ms: int
    confidence: Share = 1.0


class Heard(_Struct, frozen=True):
    """The utterance so far. Once it's `final`, it won't change and a new one begins."""

    text: str
    final: bool = False
    words: tuple[Word, ...] = ()


class Transcribed(_Struct, frozen=True):
    """All final utterances, one per line.

    `unheard`: phrases that can't be recognised, as their pronunciation is unknown. `own`: the text recognised without
    the request's `guesses`, "" if it had none.
    """

    text: str
    words: tuple[Word, ...] = ()
    sound_ms: int = 0
    unheard: tuple[str, ...] = ()
    own: str = ""


class Listen(Request[Heard, Transcribed], frozen=True):
    """Transcribe the fed speech. With `phrases`, only those are recognised (a grammar).

    `guesses`: another model's results, in any spelling. A model that compares readings weighs them against its own.
    """

    language: Language
    rate_hz: Rate = 16_000
    phrases: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()


# -- tts: text to speech


class Sound(_Struct, frozen=True):
    """The samples of a sentence, or of a part of one."""

    samples: bytes
    rate_hz: Rate


class Spoken(_Struct, frozen=True):
    sound_ms: int
    sentences: int


class Speak(Request[Sound, Spoken], frozen=True):
    """Speak a text. `voice`: one of the model's voices, "" for its first. `speed`: 2 is twice as fast."""

    text: str
    language: Language
    voice: str = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


# -- vad: when a person speaks; the audio is streamed in


class Speech(_Struct, frozen=True):
    """The time at which speech starts or stops, from the start of the sound."""

    speaking: bool
    at_ms: int


class SpeechFound(_Struct, frozen=True):
    """All stretches of speech, as (from, to) in milliseconds."""

    spans_ms: tuple[tuple[int, int], ...]
    sound_ms: int


class DetectSpeech(Request[Speech, SpeechFound], frozen=True):
    """Detect speech; it ends after `pause_ms` of silence."""

    rate_hz: Rate = 16_000
    threshold: Share = 0.5
    pause_ms: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 500


# -- wake: one of a few words; the audio is streamed in


class Woken(_Struct, frozen=True):
    word: str
    at_ms: int
    confidence: Share = 1.0


class Awaited(_Struct, frozen=True):
    times: int
    sound_ms: int


class AwaitWord(Request[Woken, Awaited], frozen=True):
    """Wait for one of these words. A higher `threshold` causes fewer false alarms and more misses."""

    words: tuple[str, ...]
    language: Language = ""
    rate_hz: Rate = 16_000
    threshold: Share = 0.5


# -- embed_voice: whose voice it may be; the audio is streamed in


class VoiceFound(_Struct, frozen=True):
    """The vectors of a voice, float32 (1 + parts, dimensions), each of length 1.

    The first is of the whole utterance; a long one also has its parts in order. `speech_ms` of `sound_ms` were speech.
    `made_by`: the model and its file's digest, as vectors of different models aren't comparable.
    """

    values: Tensor
    speech_ms: int
    sound_ms: int
    made_by: str


class EmbedVoice(Request[Nothing, VoiceFound], frozen=True):
    """Embed a voice, independently of the words spoken."""

    rate_hz: Rate = 16_000


# -- detect, classify, embed_image: pictures


class Picture(_Struct, frozen=True):
    """A picture as uint8.

    The shape is (height, width, 3) as in OpenCV, (height, width) in grey, or (length,) for the bytes of a JPEG, PNG or
    WebP file.
    """

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
    """Objects found in each picture, the most certain first."""

    boxes: tuple[tuple[Box, ...], ...]


class Detect(Request[Nothing, Detected], frozen=True):
    """Detect objects in pictures; with `labels`, only these."""

    pictures: tuple[Picture, ...]
    threshold: Share = 0.5
    labels: tuple[str, ...] = ()


class Label(_Struct, frozen=True):
    name: str
    score: Share


class Classified(_Struct, frozen=True):
    """Classes of each picture, the most likely first."""

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
    """The number of faces in a picture, and the details of a single face.

    For exactly one face: its vector, float32 (1, dimensions) of length 1, else (0, 0); its shorter side in pixels; and
    its sharpness (variance of the Laplacian). `made_by`: the model and its files' digest, as vectors of different
    models aren't comparable.
    """

    values: Tensor
    faces: int
    side_px: int
    sharpness: float
    made_by: str


class EmbedFace(Request[Nothing, FaceFound], frozen=True):
    """Embed the only face in a picture. Nothing here estimates age, sex or mood."""

    picture: Picture


# -- ocr: text in pictures


class Line(_Struct, frozen=True):
    """A line of text with its four corners as (x, y), clockwise from the text's upper left."""

    text: str
    score: Share
    corners: tuple[tuple[float, float], ...]


class ReadLines(_Struct, frozen=True):
    """Lines in reading order, from top to bottom; the page's size in pixels, and the number of pages."""

    lines: tuple[Line, ...]
    width: int = 0
    height: int = 0
    pages: int = 1


class Read(Request[Nothing, ReadLines], frozen=True):
    """Read the text in a picture. For a PDF file in `picture`, the page number `page` (from 0) is rendered and read."""

    picture: Picture
    language: Language = "en"
    page: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


# -- embed: texts as vectors


class Embed(Request[Nothing, Vectors], frozen=True):
    """Embed texts. `purpose`: some models embed questions and passages differently."""

    texts: tuple[str, ...]
    purpose: Literal["passage", "query"] = "passage"
    language: Language = ""


class Kind(NamedTuple):
    """A kind's types of request, partial result and reply. `fed`: whether sound is fed to it."""

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
    """The kind of model for a request. Raises TypeError if there is none."""
    for name, kind in KINDS.items():
        if type(request) is kind.request:
            return name
    raise TypeError(f"{type(request).__name__} isn't a model request")
