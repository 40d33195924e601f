"""Picture embeddings with an ONNX model: an embedding model, or any tensor inside a classifier or detector."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import EmbedImages, Nothing, Vectors
from models.tensor import Tensor
from models.vision.preprocess import ImageNet
from models.vision.vision_model import Seen, VisionModel


class EmbedImageOnnx:
    """Picture embeddings.

    For a classifier, set `output` to its second-last layer, which distinguishes products it wasn't trained on.
    """

    LIBRARY: ClassVar[str] = "onnxruntime"
    PARALLEL: ClassVar[int] = 2  # one picture is prepared while another is processed

    class Config(ImageNet, frozen=True, forbid_unknown_fields=True):
        output: Annotated[
            str, msgspec.Meta(description="tensor with the vector, anywhere in the model; default: the first output")
        ] = ""

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        self._vision = VisionModel(self._model, self._config, self._config.output)
        if flat(self._vision.sample[0]).ndim != 1:
            shape = self._vision.sample[0].shape
            raise Unusable(f"{self._model.name} answers {shape}, which isn't a vector.", "Set another output.")

    def run(self, request: EmbedImages, turn: Turn[Nothing]) -> Vectors:
        import numpy as np

        size = len(flat(self._vision.sample[0]))
        values = np.zeros((len(request.pictures), size), np.float32)
        for number, seen in enumerate(self._vision.look(request.pictures, turn)):
            values[number] = _vector(seen)
        return Vectors(Tensor.of(values))

    def close(self) -> None:
        pass


def flat(found: Any) -> Any:
    """The mean per channel over all places: of (channels, height, width), or (places, channels)."""
    if found.ndim == 3:
        return found.mean((1, 2))
    return found.mean(0) if found.ndim == 2 else found


def _vector(seen: Seen) -> Any:
    import numpy as np

    vector = flat(seen.outputs[0])
    length = float(np.linalg.norm(vector))
    if not length:
        raise Refused("The model found nothing in this image.", "Send another one.")
    return vector / length
