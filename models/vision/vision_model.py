"""Common base of detectors, classifiers and embedders: pictures in, arrays out, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Picture
from models.onnx_session import Session, onnx_file
from models.vision.pictures import bgr
from models.vision.preprocess import Placed, Preparer, Preparing

if TYPE_CHECKING:
    import numpy as np

PartialT = TypeVar("PartialT")


class Seen(NamedTuple):
    """The model's outputs for one picture, without the batch dimension."""

    outputs: list[np.ndarray[Any, Any]]
    placed: Placed
    height: int
    width: int


class VisionModel:
    """A loaded picture model. Raises Unusable."""

    def __init__(self, model: Model, how: Preparing, output: str = "") -> None:
        import cv2
        import numpy as np

        cv2.setNumThreads(model.threads)
        self.session = Session(onnx_file(model), model.threads, output)
        self._preparer = Preparer(self.session, how)
        self.height, self.width = self._preparer.height, self._preparer.width
        self._batch = how.batch if self._preparer.batch is None else self._preparer.batch
        grey = np.full((self.height, self.width, 3), 114, np.uint8)
        try:  # run on an empty picture, which also warms it up
            self.sample = self._infer([grey])[0].outputs
        except Refused as error:
            raise Unusable(error.what, error.advice) from error

    def look(self, pictures: Sequence[Picture], turn: Turn[PartialT]) -> Iterator[Seen]:
        """The outputs for each picture, in order. Raises Refused."""
        for start in range(0, len(pictures), self._batch):
            arrays = [bgr(picture) for picture in pictures[start : start + self._batch]]
            yield from self._infer(arrays)
            turn.step()

    def _infer(self, arrays: list[np.ndarray[Any, Any]]) -> list[Seen]:
        filled, places = self._preparer.prepare(arrays, self._preparer.batch or len(arrays))
        outputs = self.session.run({self._preparer.name: filled})
        if not outputs or any(not output.ndim or len(output) != len(filled) for output in outputs):
            said = ", ".join(str(output.shape) for output in outputs)
            raise Unusable(
                f"{self.session.name} answers {said} instead of one answer per image.", "Export it with batches."
            )
        return [
            Seen([output[number] for output in outputs], placed, *array.shape[:2])
            for number, (placed, array) in enumerate(zip(places, arrays, strict=True))
        ]


def labels_of(model: Model, given: Sequence[str], count: int) -> list[str]:
    """Label names: as given, from a .txt file, or numbers. Raises Unusable."""
    lists = [file for file in model.files if file.suffix == ".txt"]
    names = list(given)
    if lists and not names:
        try:
            names = [line.strip() for line in lists[0].read_text("utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"{lists[0]} can't be read: {error}.", "It must be text with one name per line.") from error
    if names and len(names) != count:
        what = f"{model.name} has {count} classes, but {len(names)} names are given."
        raise Unusable(what, "Give one name per class, in training order.")
    return names or [str(number) for number in range(count)]
