"""Pictures come to engines as OpenCV has them, whatever was sent."""

from __future__ import annotations

import io
import tracemalloc

import cv2
import numpy as np
import pytest

from models.errors import Refused
from models.kinds import Picture
from models.tensor import Tensor
from models.vision.pictures import bgr
from tests.contract.rigs_vision import header_bomb

BLUE = np.zeros((2, 3, 3), np.uint8)
BLUE[:, :, 0] = 200


def test_every_order_becomes_blue_first() -> None:
    assert np.array_equal(bgr(Picture(Tensor.of(BLUE))), BLUE)
    assert np.array_equal(bgr(Picture(Tensor.of(BLUE[:, :, ::-1]), "rgb")), BLUE)
    assert bgr(Picture(Tensor.of(BLUE[:, :, 0]), "grey")).tolist()[0][0] == [200, 200, 200]
    file = cv2.imencode(".png", BLUE)[1]
    assert np.array_equal(bgr(Picture(Tensor.of(file), "file")), BLUE)


@pytest.mark.parametrize(
    "picture",
    [
        Picture(Tensor(b"no picture", (10,)), "file"),
        Picture(Tensor(b"", (0,)), "file"),
        Picture(Tensor(b"", (0, 5, 3))),
        Picture(Tensor(bytes(6), (2, 3))),
        Picture(Tensor(bytes(18), (2, 3, 3)), "grey"),
        Picture(Tensor(bytes(24), (2, 3, 4)), "rgb"),
        Picture(Tensor(bytes(36), (1, 3, 3), "float32")),
    ],
)
def test_an_invalid_picture_is_refused(picture: Picture) -> None:
    with pytest.raises(Refused):
        bgr(picture)


def test_a_tensor_is_what_it_says() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(Tensor.of(array.T).array(), array.T)
    for data, shape, dtype in ((b"123", (2,), "uint8"), (b"12", (2,), "bool"), (b"", (-1, 0), "uint8")):
        with pytest.raises(ValueError, match=r"aren.t a"):
            Tensor(data, shape, dtype)


def test_a_file_is_not_unpacked_where_it_says_that_it_is_too_large() -> None:
    tracemalloc.start()
    with pytest.raises(Refused, match=r"50000 by 50000|too many"):
        bgr(header_bomb())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


def test_a_photograph_stands_upright() -> None:
    from PIL import Image

    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, as phones write it
    Image.fromarray(BLUE).save(file, "JPEG", exif=exif)
    assert bgr(Picture(Tensor(file.getvalue(), (len(file.getvalue()),)), "file")).shape == (3, 2, 3)


def test_half_a_photograph_is_none() -> None:
    whole = cv2.imencode(".jpg", np.random.default_rng(7).integers(0, 256, (99, 99, 3), np.uint8))[1].tobytes()
    with pytest.raises(Refused, match="truncated"):
        bgr(Picture(Tensor(whole[:2000], (2000,)), "file"))
