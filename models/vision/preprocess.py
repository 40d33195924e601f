"""Prepare pictures for an ONNX model: size and layout are read from the model, colours and scale are options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from models.errors import Unusable
from models.onnx_session import Session

if TYPE_CHECKING:
    import numpy as np

GREY = 114
"""The padding of letterboxed pictures, as YOLO-style detectors are trained."""
Three = tuple[float, float, float]
IMAGENET_MEAN: Three = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION: Three = (58.395, 57.12, 57.375)
"""Standard deviation of the pictures that most classifiers were trained with, in RGB order."""


Colours = Annotated[Literal["bgr", "rgb"], msgspec.Meta(description="channel order")]
Mean = Annotated[Three, msgspec.Meta(description="mean subtracted from each channel (0 to 255)")]
Deviation = Annotated[Three, msgspec.Meta(description="standard deviation each channel is divided by")]
Fit = Annotated[
    Literal["letterbox", "centre", "crop", "stretch"],
    msgspec.Meta(description="fit of the image: padded right and below, padded on all sides, centre crop or stretched"),
]


class Preparing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the model's training data were prepared. `mean` and `deviation` are in the order of `colours`."""

    colours: Colours = "rgb"
    mean: Mean = (0.0, 0.0, 0.0)
    deviation: Deviation = (1.0, 1.0, 1.0)
    fit: Fit = "stretch"
    size_px: Annotated[
        int, msgspec.Meta(ge=0, le=4096, description="width and height, if the model accepts any; 0: as in the model")
    ] = 0
    batch: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="images per batch, if the model accepts any number")
    ] = 4


class ImageNet(Preparing, frozen=True, forbid_unknown_fields=True):
    """The preparation of most classifiers and models derived from them."""

    mean: Mean = IMAGENET_MEAN
    deviation: Deviation = IMAGENET_DEVIATION
    fit: Fit = "crop"


class Placed(NamedTuple):
    """A picture's placement in the model's input: its scale, and its upper left corner in pixels."""

    scale_x: float
    scale_y: float
    left: float
    top: float


class Preparer:
    """Fills the input of `session`, which takes `batch` pictures at a time (None: any number), `height` by `width`."""

    def __init__(self, session: Session, how: Preparing) -> None:
        inputs = session.inputs
        name, (shape, self._dtype) = next(iter(inputs.items()), ("", ((), "")))
        if len(inputs) != 1 or len(shape) != 4:
            said = ", ".join(f"{name} {_shape_text(shape)}" for name, (shape, _) in inputs.items()) or "nothing"
            raise Unusable(
                f"{session.name} takes {said}, which isn't an image.", "It must take an image in four dimensions."
            )
        self._first = shape[1] in (1, 3) or (shape[1] is None and shape[3] not in (1, 3))
        colours, *sides = (shape[1], shape[2], shape[3]) if self._first else (shape[3], shape[1], shape[2])
        if colours not in (1, 3, None):
            raise Unusable(
                f"{session.name} takes {_shape_text(shape)}: not one colour or three.", "Export it for pictures."
            )
        if None in sides and not how.size_px:
            what = f"{session.name} takes pictures of any size ({_shape_text(shape)})."
            raise Unusable(what, "Set size_px among its options to the size that it was trained with.")
        self.height, self.width = (side or how.size_px for side in sides)
        self.batch = shape[0]
        self.name = name
        self._grey = colours == 1
        self._how = how

    def prepare(self, pictures: list[np.ndarray[Any, Any]], count: int) -> tuple[np.ndarray[Any, Any], list[Placed]]:
        """Convert uint8 (height, width, 3) pictures in BGR to the model's input for `count` pictures; returns it with
        their placements."""
        import numpy as np

        colours, sides = 1 if self._grey else 3, (self.height, self.width)
        filled = np.empty((count, colours, *sides) if self._first else (count, *sides, colours), self._dtype)
        filled[len(pictures) :] = 0
        planes = filled if self._first else filled.transpose(0, 3, 1, 2)
        places = [self._place(picture, into) for picture, into in zip(pictures, planes, strict=False)]
        if filled.dtype.kind == "f" and (any(self._how.mean) or self._how.deviation != (1.0, 1.0, 1.0)):
            beside = (-1, 1, 1) if self._first else (-1,)
            filled -= np.asarray(self._how.mean[:colours], filled.dtype).reshape(beside)
            filled /= np.asarray(self._how.deviation[:colours], filled.dtype).reshape(beside)
        return filled, places

    def _place(self, picture: np.ndarray[Any, Any], into: np.ndarray[Any, Any]) -> Placed:
        """Draw a picture at its place in the input (colours, height, width), padded with grey."""
        scale_x, scale_y = self.width / picture.shape[1], self.height / picture.shape[0]
        if self._how.fit == "crop":
            scale_x = scale_y = max(scale_x, scale_y)
            picture, (left, top) = _middle(picture, round(self.width / scale_x), round(self.height / scale_y))
            self._fill(picture, into)
            return Placed(scale_x, scale_y, -left * scale_x, -top * scale_y)
        if self._how.fit == "stretch":
            self._fill(picture, into)
            return Placed(scale_x, scale_y, 0, 0)
        scale = min(scale_x, scale_y)
        width, height = (max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
        left, top = self.width - width, self.height - height
        left, top = (0, 0) if self._how.fit == "letterbox" else (left // 2, top // 2)
        into[:, :top] = into[:, top + height :] = GREY
        into[:, :, :left] = into[:, :, left + width :] = GREY
        self._fill(picture, into[:, top : top + height, left : left + width])
        return Placed(scale, scale, left, top)

    def _fill(self, picture: np.ndarray[Any, Any], into: np.ndarray[Any, Any]) -> None:
        """Resize a picture to its place, each colour in its plane."""
        import cv2

        if self._grey:
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        _, height, width = into.shape
        # averages when shrinking; otherwise small things vanish between two pixels
        how = cv2.INTER_AREA if picture.shape[1] > 2 * width else cv2.INTER_LINEAR
        planes = cv2.split(cv2.resize(picture, (width, height), interpolation=how))  # faster than a transposed copy
        for plane, place in zip(reversed(planes) if self._how.colours == "rgb" else planes, into, strict=True):
            place[:] = plane


def _middle(picture: np.ndarray[Any, Any], width: int, height: int) -> tuple[np.ndarray[Any, Any], tuple[int, int]]:
    """The centre of a picture, cropped to this size at most; and its position."""
    width, height = max(1, min(width, picture.shape[1])), max(1, min(height, picture.shape[0]))
    left, top = (picture.shape[1] - width) // 2, (picture.shape[0] - height) // 2
    return picture[top : top + height, left : left + width], (left, top)


def _shape_text(shape: tuple[int | None, ...]) -> str:
    return " x ".join("?" if side is None else str(side) for side in shape) or "one number"
