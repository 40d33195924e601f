"""Classify pictures with an ONNX model."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Unusable
from models.kinds import Classified, Classify, Label, Nothing
from models.vision.preprocess import ImageNet
from models.vision.vision_model import VisionModel, labels_of


class ClassifyOnnx:
    """A classifier. One of the model's files is the ONNX file; another (`*.txt`) may have its labels, one per line."""

    LIBRARY: ClassVar[str] = "onnxruntime"
    PARALLEL: ClassVar[int] = 2  # one picture is prepared while another is processed

    class Config(ImageNet, frozen=True, forbid_unknown_fields=True):
        labels: Annotated[tuple[str, ...], msgspec.Meta(description="class names in the order used for training")] = ()

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        self._vision = VisionModel(self._model, self._config)
        sample = self._vision.sample[0]
        if len(self._vision.sample) != 1 or sample.ndim != 1:
            shapes = " and ".join(str(output.shape) for output in self._vision.sample)
            raise Unusable(f"{self._model.name} answers {shapes} instead of a list of scores.", "Use another engine.")
        self._labels = labels_of(self._model, self._config.labels, len(sample))

    def run(self, request: Classify, turn: Turn[Nothing]) -> Classified:
        found = self._vision.look(request.pictures, turn)
        return Classified(tuple(self._best(seen.outputs[0], request.top) for seen in found))

    def close(self) -> None:
        pass

    def _best(self, scores: Any, top: int) -> tuple[Label, ...]:
        shares = shares_of(scores)
        best = (-shares).argsort(kind="stable")[:top].tolist()
        return tuple(Label(self._labels[number], min(float(shares[number]), 1.0)) for number in best)


def shares_of(scores: Any) -> Any:
    """Return scores as probabilities: unchanged if they already are, otherwise after softmax."""
    import numpy as np

    if scores.min() >= 0 and abs(float(scores.sum()) - 1) < 0.01:
        return scores
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()
