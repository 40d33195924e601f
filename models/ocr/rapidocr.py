"""Read pages with RapidOCR: PaddleOCR's models on ONNX Runtime, for Latin script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Line, Nothing, Read, ReadLines
from models.ocr.lines import in_reading_order
from models.ocr.pages import page_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_STAGES = {"Det": "_det_", "Rec": "_rec_", "Cls": "_cls_"}
_LONGEST = 20
"""Maximum aspect ratio of a page; for a picture with a larger one, the library would need gigabytes."""
_NARROW = 4
"""Minimum short side: a narrower picture gets a white border, as the library would enlarge it until that side
suffices.
"""


class OcrRapidocr:
    """The model's files are the three that find lines, turn them, and read them.

    Finding lines is a single uninterruptible step of about a second. If the deadline passes during it, the caller is
    informed at once; a worker still busy a second later is ended and restarted.
    """

    LIBRARY: ClassVar[str] = "rapidocr"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        least_score: Annotated[
            float, msgspec.Meta(ge=0, le=1, description="lines below this confidence are dropped")
        ] = 0.5
        longest_px: Annotated[
            int, msgspec.Meta(ge=500, le=6_000, description="longer side to which a page is scaled, in pixels")
        ] = 2_000

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        options = self._options()
        import numpy as np
        from rapidocr import RapidOCR
        from rapidocr.main import RapidOCRError

        self._nothing = RapidOCRError
        self._ocr = RapidOCR(params=options)
        self._ocr.recognize_txt(self._ocr.cls_and_rotate([np.full((48, 192, 3), 255, np.uint8)])[0])
        self._detect_lines(np.full((64, 64, 3), 255, np.uint8))  # a square: long pictures would be enlarged

    def _options(self) -> dict[str, Any]:
        """All files by name, as the library would download unspecified ones."""
        found = {}
        for stage, mark in _STAGES.items():
            files = [file for file in self._model.files if mark in file.name and file.suffix == ".onnx"]
            if not files or not files[0].is_file():
                raise Unusable(f"{self._model.name} has no file *{mark}*.onnx.", "Run: sudo ./run setup engines")
            found[f"{stage}.model_path"] = str(files[0])
        return {
            **found,
            "Global.log_level": "critical",
            "Global.max_side_len": self._config.longest_px,
            "EngineConfig.onnxruntime.intra_op_num_threads": self._model.threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }

    def run(self, request: Read, turn: Turn[Nothing]) -> ReadLines:
        page = page_of(request.picture, request.page)
        turn.step()
        height, width = page.pixels.shape[:2]
        crops, corners = self._detect_lines(_wide_enough(page.pixels))
        turn.step()
        lines = []
        for crop, places in zip(crops, corners, strict=True):
            text, score = self._read(crop)
            if text and score >= self._config.least_score:
                at = tuple((min(float(x), width), min(float(y), height)) for x, y in places)
                lines.append(Line(text, min(score, 1.0), at))
            turn.step()
        return ReadLines(in_reading_order(lines, request.language), width, height, page.pages)

    def close(self) -> None:
        pass

    def _detect_lines(self, pixels: Array) -> tuple[list[Array], Any]:
        """All lines of text as crops, and their corners."""
        from rapidocr.utils.process_img import map_boxes_to_original

        fitted, how = self._ocr.preprocess_img(pixels)
        try:
            crops, found = self._ocr.detect_and_crop(fitted, how)
        except self._nothing:
            return [], []
        if found.boxes is None:
            return [], []
        return crops, map_boxes_to_original(found.boxes, how, *pixels.shape[:2])

    def _read(self, crop: Array) -> tuple[str, float]:
        """Read one line. The library's batches of six take as long here, with twice the memory and no pauses."""
        upright, _ = self._ocr.cls_and_rotate([crop])
        read = self._ocr.recognize_txt(upright)
        return (read.txts or ("",))[0].strip(), float(read.scores[0])


def _wide_enough(pixels: Array) -> Array:
    """Add a white border to a very narrow picture. Raises Refused if it's not a page."""
    import cv2

    height, width = pixels.shape[:2]
    if max(height, width) > _LONGEST * min(height, width):
        raise Refused(f"An image of {width} by {height} pixels isn't a page.", "Send it in pieces.")
    more = -(-height // _NARROW) - width
    if more <= 0:
        return pixels
    return cv2.copyMakeBorder(pixels, 0, 0, 0, more, cv2.BORDER_CONSTANT, value=(255, 255, 255))
