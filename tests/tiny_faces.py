"""Models of faces made by hand, for tests: what finds a face by one red square where its nose is, answered as YuNet
does; and what tells faces apart by the grey fields that they are painted of. And pictures of such faces."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from models.vision.face_points import STRIDES, UPRIGHT, UPRIGHT_PX
from tests.tiny_onnx import model, node

SIZE = 320
FACE_PX = UPRIGHT_PX
NOSE_PX = 8
FIELDS = 7
"""Of a face, in each direction."""
DETECTOR, TELLER = "detector.onnx", "faces.onnx"


def write_faces(folder: Path) -> tuple[Path, Path]:
    """detector.onnx: (1, 3, SIZE, SIZE) to YuNet's twelve; faces.onnx: (1, 3, 112, 112) to (1, FIELDS * FIELDS)."""
    folder.mkdir(parents=True, exist_ok=True)
    places = folder / DETECTOR, folder / TELLER
    places[0].write_bytes(_detector())
    places[1].write_bytes(_teller())
    return places


def _detector() -> bytes:
    """How much redder than green and blue a cell of eight pixels is says whether a nose is there."""
    weights = np.zeros((1, 3, NOSE_PX, NOSE_PX), np.float32)
    weights[0, 2], weights[0, 0], weights[0, 1] = 1.0, -0.5, -0.5  # blue comes first
    weights /= 255 * NOSE_PX * NOSE_PX
    nodes = [
        node("Conv", ["picture", "weights"], ["red"], strides=[NOSE_PX, NOSE_PX]),
        node("Reshape", ["red", "flat"], ["cls_8"]),
        node("Identity", ["cls_8"], ["obj_8"]),
    ]
    constants: dict[str, np.ndarray[Any, Any]] = {"weights": weights, "flat": np.array([1, -1, 1], np.int64)}
    outputs: dict[str, tuple[int | str, ...]] = {}
    nose = np.asarray(UPRIGHT[2])
    for stride in STRIDES:
        count = (SIZE // stride) ** 2
        for name, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            outputs[f"{name}_{stride}"] = (1, count, width)
            value = np.zeros((1, count, width), np.float32)
            if name == "bbox":
                value[..., :2] = 0.5 + (np.array([56, 56]) - nose) / stride
                value[..., 2:] = np.log(FACE_PX / stride)
            if name == "kps":
                value[:] = (0.5 + (np.asarray(UPRIGHT) - nose) / stride).reshape(-1)
            if not (stride == NOSE_PX and name in ("cls", "obj")):
                constants[f"c_{name}_{stride}"] = value
                nodes.append(node("Identity", [f"c_{name}_{stride}"], [f"{name}_{stride}"]))
    order = {
        f"{name}_{stride}": outputs[f"{name}_{stride}"] for name in ("cls", "obj", "bbox", "kps") for stride in STRIDES
    }
    return model(nodes, {"picture": (1, 3, SIZE, SIZE)}, order, constants)


def _teller() -> bytes:
    """The mean grey of each field, less the mean of all."""
    side = UPRIGHT_PX // FIELDS
    weights = np.full((1, 3, side, side), 1 / (3 * side * side), np.float32)
    nodes = [
        node("Conv", ["face", "weights"], ["fields"], strides=[side, side]),
        node("Reshape", ["fields", "flat"], ["row"]),
        node("ReduceMean", ["row"], ["mean"], axes=[1], keepdims=1),
        node("Sub", ["row", "mean"], ["vector"]),
    ]
    constants: dict[str, np.ndarray[Any, Any]] = {"weights": weights, "flat": np.array([1, -1], np.int64)}
    return model(nodes, {"face": (1, 3, UPRIGHT_PX, UPRIGHT_PX)}, {"vector": (1, FIELDS * FIELDS)}, constants)


def painted(*people: int, take: int = 0, blur: int = 0) -> np.ndarray[Any, Any]:
    """uint8 (SIZE, SIZE, 3), blue first: the faces of these people beside each other, each as it is at one `take`."""
    import cv2

    picture = np.full((SIZE, SIZE, 3), 60, np.uint8)
    for place, person in enumerate(people):
        face = np.random.default_rng(person).integers(40, 200, (FIELDS, FIELDS))
        light = np.random.default_rng((person, take)).normal(0, 14, (FIELDS, FIELDS))
        grey = np.clip(face + light, 20, 235).astype(np.uint8)
        large = np.repeat(np.repeat(grey, FACE_PX // FIELDS, 0), FACE_PX // FIELDS, 1)
        nose = (np.asarray(UPRIGHT[2]) // NOSE_PX * NOSE_PX).astype(int)
        top, left = 96, 40 + 120 * place
        picture[top : top + FACE_PX, left : left + FACE_PX] = large[..., None]
        y, x = top + nose[1], left + nose[0]
        picture[y : y + NOSE_PX, x : x + NOSE_PX] = (0, 0, 255)
    return cv2.GaussianBlur(picture, (blur, blur), 0) if blur else picture


def jpeg(picture: np.ndarray[Any, Any]) -> bytes:
    """A file of it, red first as files have it."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture[..., ::-1]).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()
