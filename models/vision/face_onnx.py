"""Embed the only face in a picture, with two ONNX models supplied by the shop: a detector with five landmarks (YuNet),
and an embedding model for aligned faces (SFace: Zhong et al. 2021, as in OpenCV's FaceRecognizerSF)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import EmbedFace, FaceFound, Nothing
from models.onnx_session import Session
from models.tensor import Tensor
from models.vision.face_points import UPRIGHT_PX, FacePlace, FacePoints, upright
from models.vision.pictures import bgr
from models.vision.preprocess import Colours

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

DIGEST = 16
"""Hexadecimal digits of SHA-256: 64 bits identify files."""
STEP_PX = 32
FILES = 2


class FaceOnnx:
    """The first .onnx file detects faces: float32 (1, 3, size, size), BGR, 0 to 255. The second takes float32 (1, 3,
    112, 112), 0 to 255, and returns one vector."""

    LIBRARY: ClassVar[str] = "onnxruntime"
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        size_px: Annotated[
            int, msgspec.Meta(ge=STEP_PX, le=2048, description="input size of the detector, if it accepts any")
        ] = 640
        colours: Colours = "rgb"
        output: Annotated[str, msgspec.Meta(description="output tensor with the vector; default: the first")] = ""

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        import cv2
        import numpy as np

        cv2.setNumThreads(self._model.threads)
        files = [file for file in self._model.files if file.suffix == ".onnx"]
        if len(files) != FILES:
            what = f"{self._model.name} names {len(files)} .onnx files."
            raise Unusable(what, "Set two: the face detector, then the face recogniser.")
        self._finder, self._teller = (
            Session(file, self._model.threads, output)
            for file, output in zip(files, ("", self._config.output), strict=True)
        )
        digest = hashlib.sha256()
        for file in files:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        self._made_by = f"{self._model.name}@{digest.hexdigest()[:DIGEST]}"
        self._finds, self._size = self._takes(self._finder, self._config.size_px)
        self._tells, side = self._takes(self._teller, UPRIGHT_PX)
        if side != UPRIGHT_PX or self._size % STEP_PX:
            what = f"{self._model.name} takes pictures of {self._size} and faces of {side} pixels."
            raise Unusable(what, f"The first has to be a multiple of {STEP_PX}, the second {UPRIGHT_PX}.")
        grey = np.full((UPRIGHT_PX, UPRIGHT_PX, 3), 114, np.uint8)
        try:
            shapes = [one.shape for one in self._run_detector(grey)[0]]
            self._points = FacePoints(shapes, self._size, self._finder.name)
            across = np.arange(UPRIGHT_PX, dtype=np.uint8)[None, :, None] * 2
            self._vector(np.broadcast_to(across, (UPRIGHT_PX, UPRIGHT_PX, 3)))
        except Refused as error:
            raise Unusable(error.what, error.advice) from error

    def run(self, request: EmbedFace, turn: Turn[Nothing]) -> FaceFound:
        import cv2
        import numpy as np

        picture = bgr(request.picture)
        outputs, scale = self._run_detector(picture)
        turn.step()
        faces: list[FacePlace] = self._points(outputs, scale)
        if len(faces) != 1:
            nothing = Tensor.of(np.zeros((0, 0), np.float32))
            return FaceFound(nothing, len(faces), 0, 0.0, self._made_by)
        face = upright(picture, faces[0].points)
        sharpness = float(cv2.Laplacian(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())
        return FaceFound(Tensor.of(self._vector(face)[None]), 1, faces[0].side_px, sharpness, self._made_by)

    def close(self) -> None:
        pass

    def _takes(self, session: Session, side: int) -> tuple[str, int]:
        """A model's input name, and its size in pixels. Raises Unusable."""
        name, (shape, kind) = next(iter(session.inputs.items()), ("", ((), "")))
        fits = len(session.inputs) == 1 and len(shape) == 4 and shape[1] == 3 and kind == "float32"
        if not fits or shape[2] != shape[3]:
            raise Unusable(f"{session.name} doesn't accept float32 (1, 3, side, side).", "Use another export of it.")
        return name, shape[2] or side

    def _run_detector(self, picture: Array) -> tuple[list[Array], float]:
        """The detector's outputs, and its scale relative to the picture, which is placed in the upper left corner."""
        import cv2
        import numpy as np

        height, width = picture.shape[:2]
        scale = self._size / max(height, width)
        sides = (max(1, round(width * scale)), max(1, round(height * scale)))
        filled = np.zeros((1, 3, self._size, self._size), np.float32)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        filled[0, :, : sides[1], : sides[0]] = cv2.resize(picture, sides, interpolation=how).transpose(2, 0, 1)
        return self._finder.run({self._finds: filled}), scale

    def _vector(self, face: Array) -> Array:
        """Embed an aligned face: float32 (dimensions,), of length 1. Raises Refused."""
        import numpy as np

        planes = (face[:, :, ::-1] if self._config.colours == "rgb" else face).transpose(2, 0, 1)
        answer = self._teller.run({self._tells: np.ascontiguousarray(planes, np.float32)[None]})[0]
        vector = answer.reshape(-1)
        length = float(np.linalg.norm(vector))
        if answer.size != answer.shape[-1] or not length:
            raise Refused(
                f"{self._teller.name} answers {answer.shape} instead of a face vector.", "Set another output."
            )
        return np.asarray(vector / length, np.float32)
