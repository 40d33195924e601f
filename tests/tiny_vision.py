"""Models of vision that tests make by hand. Each answers by how bright a picture is, so that its answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.tiny_onnx import Shape, model, node

SIDE = 64
PLACES = 8 * 8 + 4 * 4 + 2 * 2
"""Cells of the three grids of a YOLOX of 64 by 64."""
LABELS = ("dark", "bright")


def write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def detector(batch: int | str = 1) -> bytes:
    """A YOLOX that finds one "bright" thing of 16 by 16 pixels in the middle, as sure as the picture is bright.

    And beside it, nearly at the same place, the same less sure.
    """
    base = np.zeros((1, PLACES, 7), np.float32)
    slope = np.zeros((1, PLACES, 7), np.float32)
    for place, sure in ((8 * 4 + 4, 1.0), (8 * 4 + 3, 0.9)):  # cells (4, 4) and (3, 4) of the finest grid
        base[0, place, :4] = (36 - place) + 0.05, 0, np.log(2), np.log(2)
        base[0, place, 6] = 1
        slope[0, place, 4] = sure
    return _bright({"base": base, "slope": slope}, (batch, PLACES, 7), (1, 1), batch)


def classifier(batch: int | str = 1) -> bytes:
    """Scores of "dark" and "bright" (not shares yet); the tensor inside it that they come from is `brightness`."""
    constants = {"base": np.array([[0, -2]], np.float32), "slope": np.array([[0, 4]], np.float32)}
    return _bright(constants, (batch, 2), (1,), batch)


def broken() -> bytes:
    """Answers with what is no number, whatever it is shown."""
    nothing = np.zeros((1, PLACES, 7), np.float32)
    return _bright(
        {"base": nothing / np.float32(np.inf) + np.float32(np.nan), "slope": nothing}, (1, PLACES, 7), (1, 1)
    )


def unknown_operation() -> bytes:
    return model(
        [node("DoWhatIMean", ["pixels"], ["found"])], {"pixels": (1, 3, SIDE, SIDE)}, {"found": (1, PLACES, 7)}
    )


def _bright(constants: dict[str, np.ndarray], shape: Shape, across: tuple[int, ...], batch: int | str = 1) -> bytes:
    """found = base + slope * (the mean of all pixels of a picture, as a share of white)."""
    steps = [
        node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=0),
        node("Div", ["mean", "white"], ["share"]),
        node("Reshape", ["share", "across"], ["brightness"]),
        node("Mul", ["brightness", "slope"], ["risen"]),
        node("Add", ["risen", "base"], ["found"]),
    ]
    more = {"white": np.array(255, np.float32), "across": np.array((-1, *across), np.int64)}
    return model(steps, {"pixels": (batch, 3, SIDE, SIDE)}, {"found": shape}, {**constants, **more})
