"""Voice embeddings with an ONNX model supplied by the shop: WeSpeaker's ECAPA-TDNN and ResNet34, CAM++."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import EmbedVoice, Nothing, VoiceFound
from models.onnx_session import Session, onnx_file
from models.speech.filterbank import STEP_MS, Window, bands, frames_of, level_bands, speaking
from models.speech.sound import SAMPLE_BYTES, SPEECH_HZ, at_16_khz, ms_of
from models.tensor import Tensor

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LEAST_MS = 500
"""The minimum speech for a voice embedding."""
MOST_S = 30
DIGEST = 16
"""Hexadecimal digits of SHA-256: 64 bits identify files."""
PART_FRAMES = 100
"""A second: parts compared with each other, to check for a single speaker."""


class VoiceOnnx:
    """The model takes float32 (1, frames, bins) and returns one vector."""

    LIBRARY: ClassVar[str] = "onnxruntime"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        bins: Annotated[int, msgspec.Meta(ge=20, le=128, description="number of mel bands the model expects")] = 80
        window: Annotated[
            Window, msgspec.Meta(description="window function: hamming for WeSpeaker, povey for 3D-Speaker models")
        ] = "hamming"
        output: Annotated[str, msgspec.Meta(description="output tensor with the vector; default: the first")] = ""

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        import numpy as np

        self._session = Session(onnx_file(self._model), self._model.threads, self._config.output)
        with onnx_file(self._model).open("rb") as file:
            self._made_by = f"{self._model.name}@{hashlib.file_digest(file, 'sha256').hexdigest()[:DIGEST]}"
        takes = self._session.inputs
        name, (shape, kind) = next(iter(takes.items()), ("", ((), "")))
        fits = len(takes) == 1 and len(shape) == 3 and shape[1] is None and shape[2] in (None, self._config.bins)
        if not fits or kind != "float32":
            what = f"{self._session.name} doesn't accept float32 (1, frames, {self._config.bins}), of any length."
            raise Unusable(what, "Use a speaker model exported with a variable number of frames.")
        self._input = name
        try:
            self._vector(np.eye(PART_FRAMES, self._config.bins, dtype=np.float32))
        except Refused as error:
            raise Unusable(error.what, error.advice) from error

    def run(self, request: EmbedVoice, turn: Turn[Nothing]) -> VoiceFound:
        import numpy as np

        sound = self._read_sound(request, turn)
        frames = frames_of(np.frombuffer(sound, np.int16))
        said = frames[speaking(frames)]
        speech_ms = len(said) * STEP_MS
        if speech_ms < LEAST_MS:
            raise Refused("There is too little speech to recognise a voice.", "Speak for three seconds.")
        made = bands(said, self._config.bins, self._config.window)
        vectors = [self._vector(made)]
        count = len(made) // PART_FRAMES
        for part in np.array_split(made, count) if count > 1 else ():
            turn.step()
            vectors.append(self._vector(part))
        return VoiceFound(Tensor.of(np.stack(vectors)), speech_ms, ms_of(len(sound), SPEECH_HZ), self._made_by)

    def close(self) -> None:
        pass

    def _read_sound(self, request: EmbedVoice, turn: Turn[Nothing]) -> bytes:
        """Read the fed sound. Raises Refused for more than MOST_S."""
        sound = bytearray()
        for piece in at_16_khz(turn.chunks(), request.rate_hz):
            sound += piece
            if len(sound) > MOST_S * SPEECH_HZ * SAMPLE_BYTES:
                raise Refused(f"This is longer than {MOST_S} seconds.", "Send less.")
            turn.step()
        return bytes(sound)

    def _vector(self, made: Array) -> Array:
        """Embed features: float32 (dimensions,), of length 1. Raises Refused."""
        import numpy as np

        answer = self._session.run({self._input: level_bands(made)[None]})[0]
        vector = answer.reshape(-1)
        length = float(np.linalg.norm(vector))
        if answer.size != answer.shape[-1] or not length:
            what = f"{self._session.name} returns {answer.shape}, which isn't a voice vector."
            raise Refused(what, "Set another output, or use another model.")
        return np.asarray(vector / length, np.float32)
