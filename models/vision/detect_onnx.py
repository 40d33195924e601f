"""Detect objects in pictures with an ONNX model: YOLOX and similar, newer YOLOs, SSD and similar."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from models.engine import Model, Turn
from models.kinds import Box, Detect, Detected, Nothing
from models.vision.postprocess import decoder_for, keep_surest
from models.vision.preprocess import Colours, Fit, Preparing
from models.vision.vision_model import Seen, VisionModel, labels_of


class DetectOnnx:
    """An object detector.

    One of the model's files is the ONNX file; another (`*.txt`) may have its labels, one per line.
    """

    LIBRARY: ClassVar[str] = "onnxruntime"
    PARALLEL: ClassVar[int] = 2  # one picture is prepared while another is processed

    class Config(Preparing, frozen=True, forbid_unknown_fields=True):
        colours: Colours = "bgr"
        fit: Fit = "letterbox"
        labels: Annotated[tuple[str, ...], msgspec.Meta(description="class names in the order used for training")] = ()
        overlap: Annotated[
            float, msgspec.Meta(gt=0, le=1, description="overlap above which boxes of the same class are merged")
        ] = 0.45

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        self._vision = VisionModel(self._model, self._config)
        sample, vision = self._vision.sample, self._vision
        self._decode = decoder_for(sample, vision.height, vision.width, vision.session.name)
        self._labels = labels_of(self._model, self._config.labels, self._decode.labels)

    def run(self, request: Detect, turn: Turn[Nothing]) -> Detected:
        return Detected(tuple(self._boxes(seen, request) for seen in self._vision.look(request.pictures, turn)))

    def close(self) -> None:
        pass

    def _boxes(self, seen: Seen, request: Detect) -> tuple[Box, ...]:
        """Boxes in the original picture's pixels, clipped to it."""
        best = keep_surest(self._decode(seen.outputs, request.threshold), request.threshold, self._config.overlap)
        placed = seen.placed
        found = []
        for (left, top, right, bottom), score, kind in zip(
            best.corners.tolist(), best.scores.tolist(), best.kinds.tolist(), strict=True
        ):
            box = Box(
                self._labels[kind],
                min(score, 1.0),
                min(max((left - placed.left) / placed.scale_x, 0.0), seen.width),
                min(max((top - placed.top) / placed.scale_y, 0.0), seen.height),
                min(max((right - placed.left) / placed.scale_x, 0.0), seen.width),
                min(max((bottom - placed.top) / placed.scale_y, 0.0), seen.height),
            )
            wanted = not request.labels or box.label in request.labels
            if wanted and box.right > box.left and box.bottom > box.top:
                found.append(box)
        return tuple(found)
