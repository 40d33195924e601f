"""A face in a picture as a vector: found by its points, turned upright, of one alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.engine import Model
from models.errors import Refused, Unusable
from models.kinds import EmbedFace, FaceFound, Picture
from models.tensor import Tensor
from models.vision.face_onnx import FaceOnnx
from models.vision.face_points import UPRIGHT, FacePoints, upright
from tests.tiny_faces import SIZE, jpeg, painted, write_faces


class Turn:
    """A turn that no one ends."""

    def step(self) -> None: ...

    def partial(self, found: Any) -> None: ...

    def chunks(self) -> Any: ...


TURN: Any = Turn()


def loaded(folder: Path) -> FaceOnnx:
    engine = FaceOnnx(FaceOnnx.Config(), Model("faces", folder, write_faces(folder)))
    engine.load()
    return engine


def seen(engine: FaceOnnx, picture: np.ndarray[Any, Any]) -> FaceFound:
    return engine.run(EmbedFace(Picture(Tensor.of(picture))), TURN)


def test_one_face_is_a_vector_that_is_nearer_to_its_own_than_to_others(tmp_path: Path) -> None:
    engine = loaded(tmp_path)
    first, again, other = (seen(engine, painted(person, take=take)) for person, take in ((1, 0), (1, 1), (2, 0)))
    assert (first.faces, first.values.shape[0]) == (1, 1) and 100 <= first.side_px <= 113
    assert first.made_by.startswith("faces@") and first.sharpness > 50
    one, same, strange = (found.values.array()[0] for found in (first, again, other))
    assert abs(float(np.linalg.norm(one)) - 1) < 1e-5
    assert one @ same > 0.8 > 0.5 > one @ strange


def test_none_and_several_have_no_vector(tmp_path: Path) -> None:
    engine = loaded(tmp_path)
    assert [seen(engine, painted(*people)).faces for people in ((), (1, 2))] == [0, 2]
    assert seen(engine, painted()).values.shape == (0, 0)


def test_a_larger_picture_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    engine = loaded(tmp_path)
    large = np.repeat(np.repeat(painted(3), 2, 0), 2, 1)
    found = seen(engine, large)
    assert found.faces == 1 and found.side_px > 200
    assert float(found.values.array()[0] @ seen(engine, painted(3)).values.array()[0]) > 0.95
    file = Picture(Tensor(jpeg(painted(3)), (len(jpeg(painted(3))),)), "file")
    assert engine.run(EmbedFace(file), TURN).faces == 1


def test_what_is_blurred_is_less_sharp(tmp_path: Path) -> None:
    engine = loaded(tmp_path)
    clear, blurred = seen(engine, painted(1)), seen(engine, painted(1, blur=3))
    assert blurred.faces in (0, 1) and blurred.sharpness < clear.sharpness


def test_a_turned_face_is_turned_upright() -> None:
    places = np.asarray(UPRIGHT, np.float32)
    angle = np.radians(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    picture = np.zeros((400, 400, 3), np.uint8)
    points = places @ turn.T * 1.5 + np.array([180, 100], np.float32)
    for x, y in points:
        picture[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5] = 255
    face = upright(picture, points)
    assert all(face[int(y), int(x)].min() > 100 for x, y in places)


def test_what_are_no_such_models_is_said(tmp_path: Path) -> None:
    detector, teller = write_faces(tmp_path)
    for files in ((detector,), (teller, detector), (teller, teller)):
        with pytest.raises(Unusable):
            FaceOnnx(FaceOnnx.Config(), Model("faces", tmp_path, files)).load()
    with pytest.raises(Unusable, match="five landmarks"):
        FacePoints([(1, 10, 4)], SIZE, "x")
    with pytest.raises(Refused):
        loaded(tmp_path).run(EmbedFace(Picture(Tensor(b"no picture", (10,)), "file")), TURN)
