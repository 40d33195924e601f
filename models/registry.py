"""Engines by kind of model, and creating them from options.

A new engine is one file with a class that has a `Config`, and one line in ENGINES.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from models.engine import Model

Engines = Mapping[tuple[str, str], str]

ENGINES: Engines = {
    ("llm", "xllamacpp"): "models.llm.xllamacpp:LlmXllamacpp",
    ("llm", "llama-cpp-python"): "models.llm.llama_cpp_python:LlmLlamaCppPython",
    ("llm", "openai"): "models.llm.openai_server:LlmOpenaiServer",
    ("embed", "xllamacpp"): "models.embed.xllamacpp:EmbedXllamacpp",
    ("embed", "llama-cpp-python"): "models.embed.llama_cpp_python:EmbedLlamaCppPython",
    ("stt", "pocketsphinx"): "models.speech.stt_pocketsphinx:SttPocketsphinx",
    ("stt", "vosk"): "models.speech.stt_vosk:SttVosk",
    ("stt", "whisper"): "models.speech.stt_whisper:SttWhisper",
    ("stt", "wyoming"): "models.speech.stt_wyoming:SttWyoming",
    ("tts", "wyoming"): "models.speech.tts_wyoming:TtsWyoming",
    ("tts", "espeak"): "models.speech.tts_espeak:TtsEspeak",
    ("tts", "piper"): "models.speech.tts_piper:TtsPiper",
    ("vad", "silero"): "models.speech.vad_silero:VadSilero",
    ("wake", "pocketsphinx"): "models.speech.wake_pocketsphinx:WakePocketsphinx",
    ("embed_voice", "onnx"): "models.speech.voice_onnx:VoiceOnnx",
    ("detect", "onnx"): "models.vision.detect_onnx:DetectOnnx",
    ("classify", "onnx"): "models.vision.classify_onnx:ClassifyOnnx",
    ("embed_face", "onnx"): "models.vision.face_onnx:FaceOnnx",
    ("embed_image", "onnx"): "models.vision.embed_onnx:EmbedImageOnnx",
    ("embed_image", "looks"): "models.vision.embed_looks:EmbedImageLooks",
    ("embed", "onnx"): "models.embed.onnx:EmbedOnnx",
    ("ocr", "rapidocr"): "models.ocr.rapidocr:OcrRapidocr",
    ("ocr", "tesseract"): "models.ocr.tesseract:OcrTesseract",
}


_BESIDE: dict[tuple[str, str], str] = {}
"""Engines of third-party packages enabled by the owner."""
_FOLDERS: list[str] = []
_LACKING: dict[tuple[str, str], str] = {}


def use_beside(
    found: Engines, folders: Iterable[str] = (), lacking: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Set the engines available in addition to ENGINES, whose names can't be overridden.

    Workers also search `folders`. `lacking`: engines of disabled or unusable packages, with the package.
    """
    _BESIDE.clear()
    _BESIDE.update({pair: place for pair, place in found.items() if pair not in ENGINES})
    _FOLDERS[:] = folders
    _LACKING.clear()
    _LACKING.update(lacking or {})


def known_engines() -> Engines:
    """Built-in engines, and those of enabled packages."""
    return {**ENGINES, **_BESIDE}


def package_lacking(kind: str, engine: str) -> str:
    """Return the package of an engine that is disabled or unusable; "" if there is none."""
    return _LACKING.get((kind, engine), "")


def folders_beside() -> tuple[str, ...]:
    """Folders of enabled packages, outside the appliance's environment."""
    return tuple(_FOLDERS)


COMPILED = frozenset({"llama_cpp"})
"""Libraries without a wheel, which aren't installed with the others."""


class BadOptions(ValueError):
    """An unknown or invalid kind, engine or option, named by `key`."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


def engines_of(kind: str, engines: Engines = ENGINES) -> list[str]:
    """The engines' names for a kind of model."""
    return [name for known, name in engines if known == kind]


def engine_class(kind: str, engine: str, engines: Engines = ENGINES) -> Any:
    """An engine's class, imported now, without its library. Raises BadOptions if unknown."""
    if (kind, engine) not in engines:
        raise _unknown(f"engine for {kind}", engine, engines_of(kind, engines))
    return load_class(engines[kind, engine])


def load_class(place: str) -> Any:
    """The class at "package.module:Class"."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def check_options(made: Any, options: Mapping[str, object]) -> Any:
    """An engine's options as its `Config`. Raises BadOptions, naming the wrong one."""
    known = {field.encode_name for field in msgspec.structs.fields(made.Config)}
    for key in options:
        if key not in known:
            raise _unknown(f"option of {made.__name__}", key, sorted(known))
    try:
        return msgspec.convert(dict(options), made.Config)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        key = path.rstrip("`")
        raise BadOptions(f"The option {key!r} of {made.__name__} isn't valid: {reason}.", key) from error


def create(place: str, options: Mapping[str, object], model: Model) -> Any:
    """Create an engine without loading its model. Raises BadOptions."""
    made = load_class(place)
    return made(check_options(made, options), model)


def bring(library: str) -> str:
    """Return the command that installs an engine's library."""
    return "./run setup llama" if library in COMPILED else "sudo ./run setup engines"


def _unknown(kind: str, wrong: str, valid: Iterable[str]) -> BadOptions:
    names = list(valid)
    nearest = next(iter(difflib.get_close_matches(wrong, names, n=1)), None)
    hint = f" Did you mean {nearest!r}?" if nearest else f" There are: {', '.join(names) or 'none yet'}."
    return BadOptions(f"{kind.capitalize()} not found: {wrong!r}.{hint}", wrong)
