"""What the engines of vision make of ONNX files, and of what those answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.engine import Model
from models.errors import Refused, Unusable
from models.kinds import Box, Classify, Detect, EmbedImages
from models.vision.classify_onnx import ClassifyOnnx, shares_of
from models.vision.detect_onnx import DetectOnnx
from models.vision.embed_onnx import EmbedImageOnnx
from models.vision.postprocess import Candidates, Centres, Corners, decoder_for, keep_surest
from tests import tiny_vision
from tests.contract.engine_rigs import grey
from tests.contract.rigs_vision import photo, shared
from tests.tiny_onnx import model, node

COCO_BANANA, COCO_APPLE, COCO_ORANGE = "46", "47", "49"
PLAIN: dict[str, Any] = {"mean": (0.0, 0.0, 0.0), "deviation": (1.0, 1.0, 1.0)}


class Turn:
    """No one interrupts."""

    threads = 1
    is_stopped = False

    def step(self) -> None:
        pass


def loaded(engine: Any, file: Path, **options: Any) -> Any:
    """An engine with a model of one file, in this process."""
    made = engine(engine.Config(**options), Model("tiny", file.parent, (file, *file.parent.glob("*.txt"))))
    made.load()
    return made


def tiny(folder: Path, data: bytes) -> Path:
    return tiny_vision.write(folder / "tiny.onnx", data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no model", "can't be run by ONNX Runtime"),
        (b"", "can't be run by ONNX Runtime"),
        (tiny_vision.detector()[:-40], "can't be run by ONNX Runtime"),
        (tiny_vision.unknown_operation(), "DoWhatIMean"),
        (tiny_vision.broken(), "invalid numbers"),
        (tiny_vision.classifier(), "which isn't supported"),
        (model([node("Identity", ["in"], ["out"])], {"in": (1, 10)}, {"out": (1, 10)}), "which isn't an image"),
        (model([node("Identity", ["in"], ["out"])], {"in": (1, 7, 8, 9)}, {"out": (1, 7, 8, 9)}), "not one colour"),
        (model([node("Identity", ["in"], ["out"])], {"in": (1, 3, "h", "w")}, {"out": (1, 3, "h", "w")}), "any size"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_to_be_so(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(Unusable) as caught:
        loaded(DetectOnnx, tiny(tmp_path, data))
    assert said in caught.value.what
    assert caught.value.advice


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"gone\.onnx"):
        loaded(DetectOnnx, tmp_path / "gone.onnx")


def test_labels_come_from_a_file_beside_the_model_and_must_be_as_many(tmp_path: Path) -> None:
    file = tiny(tmp_path, tiny_vision.detector())
    (tmp_path / "labels.txt").write_text("ombre\nמואר\n", "utf-8")
    found = loaded(DetectOnnx, file).run(Detect((grey(64, 64, 255),)), Turn())
    assert [box.label for box in found.boxes[0]] == ["מואר"]
    with pytest.raises(Unusable, match="2 classes, but 3 names"):
        loaded(DetectOnnx, file, labels=("a", "b", "c"))


def test_only_the_labels_that_are_asked_for_are_found(tmp_path: Path) -> None:
    engine = loaded(DetectOnnx, tiny(tmp_path, tiny_vision.detector()), labels=tiny_vision.LABELS)
    white = (grey(64, 64, 255),)
    assert engine.run(Detect(white, labels=("dark",)), Turn()).boxes == ((),)
    assert len(engine.run(Detect(white, labels=("bright",)), Turn()).boxes[0]) == 1
    assert engine.run(Detect((grey(64, 64, 100),)), Turn()).boxes == ((),)


@pytest.mark.parametrize("fit", ["letterbox", "centre", "crop", "stretch"])
def test_boxes_come_back_in_the_pixels_of_the_picture(tmp_path: Path, fit: str) -> None:
    engine = loaded(DetectOnnx, tiny(tmp_path, tiny_vision.detector()), fit=fit)
    (box,) = engine.run(Detect((grey(128, 256, 255),), 0.2), Turn()).boxes[0]
    found = [round(side) for side in (box.left, box.top, box.right, box.bottom)]
    # the model says 24.4, 24 to 40.4, 40 of 64 by 64, wherever the picture lies in that
    assert (
        found
        == {
            "letterbox": [98, 96, 162, 128],  # a quarter as large, above: the lower half of the box is border
            "centre": [98, 32, 162, 96],
            "crop": [113, 48, 145, 80],  # the middle 128 by 128, half as large
            "stretch": [98, 48, 162, 80],
        }[fit]
    )


def test_colours_come_last_where_the_model_wants_them_last(tmp_path: Path) -> None:
    steps = [node("ReduceMean", ["in"], ["out"], axes=[1, 2], keepdims=0)]
    last = model(steps, {"in": ("n", "h", "w", 3)}, {"out": ("n", 3)})
    with pytest.raises(Unusable, match="any size"):
        loaded(EmbedImageOnnx, tiny(tmp_path, last), **PLAIN)
    engine = loaded(EmbedImageOnnx, tiny(tmp_path, last), size_px=8, **PLAIN)
    picture = grey(8, 8, 0)
    blue = np.zeros((8, 8, 3), np.uint8)
    blue[..., 0] = 9
    picture = type(picture)(type(picture.pixels).of(blue))
    assert engine.run(EmbedImages((picture,)), Turn()).values.array().tolist() == [[0, 0, 1]]  # red first


def test_bytes_go_in_where_the_model_takes_bytes(tmp_path: Path) -> None:
    steps = [node("Cast", ["in"], ["cast"], to=1), node("ReduceMean", ["cast"], ["out"], axes=[2, 3], keepdims=0)]
    data = model(steps, {"in": (1, 3, 8, 8)}, {"out": (1, 3)}, dtype="uint8")
    vectors = loaded(EmbedImageOnnx, tiny(tmp_path, data)).run(EmbedImages((grey(8, 8, 200),)), Turn())
    assert vectors.values.array() == pytest.approx(np.full((1, 3), 3**-0.5), abs=1e-6)


def test_a_model_for_grey_pictures_gets_them(tmp_path: Path) -> None:
    steps = [node("ReduceMean", ["in"], ["out"], axes=[2, 3], keepdims=0)]
    data = model(steps, {"in": (1, 1, 8, 8)}, {"out": (1, 1)})
    vectors = loaded(EmbedImageOnnx, tiny(tmp_path, data), **PLAIN).run(EmbedImages((grey(20, 9, 7),)), Turn())
    assert vectors.values.array().tolist() == [[1.0]]


def test_a_tensor_that_the_model_does_not_have_is_no_output(tmp_path: Path) -> None:
    file = tiny(tmp_path, tiny_vision.classifier())
    assert loaded(EmbedImageOnnx, file, output="risen", **PLAIN)
    with pytest.raises(Unusable, match="nowhere"):
        loaded(EmbedImageOnnx, file, output="nowhere", **PLAIN)


def test_scores_are_shares_whatever_the_model_says() -> None:
    assert shares_of(np.array([0.25, 0.75])).tolist() == [0.25, 0.75]
    assert shares_of(np.array([0.0, np.log(3)])) == pytest.approx([0.25, 0.75])
    assert shares_of(np.array([1000.0, -1000.0])).tolist() == [1, 0]


def test_a_classifier_names_the_likeliest_first(tmp_path: Path) -> None:
    engine = loaded(ClassifyOnnx, tiny(tmp_path, tiny_vision.classifier()), labels=tiny_vision.LABELS, **PLAIN)
    (labels,) = engine.run(Classify((grey(64, 64, 255),), top=1), Turn()).labels
    assert [label.name for label in labels] == ["bright"]


def test_newer_yolos_are_understood_by_their_shape() -> None:
    answer = np.zeros((6, 1000), np.float32)
    answer[:, 7] = 100, 50, 20, 10, 0.1, 0.9
    decode = decoder_for([answer], 640, 640, "tiny")
    assert isinstance(decode, Centres)
    best = keep_surest(decode([answer], 0.5), 0.5, 0.5)
    assert (best.corners.tolist(), best.kinds.tolist()) == ([[90, 45, 110, 55]], [1])


@pytest.mark.parametrize("boxes_first", [True, False])
def test_scores_and_corners_are_understood_in_either_order(boxes_first: bool) -> None:
    boxes = np.array([[0.1, 0.2, 0.3, 0.4]] * 3, np.float32)
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]], np.float32)
    outputs = [boxes, scores] if boxes_first else [scores, boxes]
    decode = decoder_for(outputs, 100, 200, "tiny")
    assert isinstance(decode, Corners)
    best = keep_surest(decode(outputs, 0.5), 0.5, 0.5)
    assert best.corners == pytest.approx(np.array([[20, 20, 60, 40]]))
    assert best.scores.tolist() == pytest.approx([0.8])


def test_boxes_that_overlap_are_one_unless_they_are_of_different_things() -> None:
    corners = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [0, 0, 10, 10], [50, 50, 60, 60]], np.float32)
    scores = np.array([0.6, 0.9, 0.7, 0.4], np.float32)
    found = keep_surest(Candidates(corners, scores, np.array([0, 0, 1, 0])), 0.5, 0.45)
    assert found.scores.tolist() == pytest.approx([0.9, 0.7])
    assert found.kinds.tolist() == [0, 1]
    assert not keep_surest(Candidates(corners, scores, np.array([0, 0, 1, 0])), 0.95, 0.45).scores.size


@pytest.mark.parametrize(
    ("fruit", "label"), [("Banana", COCO_BANANA), ("Orange", COCO_ORANGE), ("Apple/Granny-Smith", COCO_APPLE)]
)
def test_a_real_detector_finds_fruit_in_photographs_of_a_shop(fruit: str, label: str) -> None:
    engine = loaded(DetectOnnx, shared("vision_models/yolox_nano.onnx"))
    photos = sorted(shared(f"grocery_photos/val/Fruit/{fruit}").glob("*.jpg"))[:5]
    found = engine.run(Detect(tuple(map(photo, photos))), Turn()).boxes
    right = [sum(box.label == label for box in boxes) for boxes in found]
    assert sum(right) > 0.6 * sum(map(len, found))
    assert sum(count > 0 for count in right) >= 4
    for box in (box for boxes in found for box in boxes):
        assert 0 <= box.left < box.right <= 348
        assert 0 <= box.top < box.bottom <= 348


def test_a_real_face_detector_finds_the_box_where_onnx_runtime_itself_says() -> None:
    import cv2
    import onnxruntime

    file = shared("vision_models/version-RFB-320.onnx")
    plum = shared("grocery_photos/train/Fruit/Plum/Plum_001.jpg")  # two plums that it takes for faces
    trained = {"colours": "rgb", "mean": (127, 127, 127), "deviation": (128, 128, 128), "fit": "stretch"}
    boxes = loaded(DetectOnnx, file, **trained).run(Detect((photo(plum),), 0.8), Turn()).boxes[0]
    picture = cv2.cvtColor(cv2.imread(str(plum)), cv2.COLOR_BGR2RGB)
    pixels = (cv2.resize(picture, (320, 240)).astype(np.float32) - 127) / 128
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    scores, places = onnxruntime.InferenceSession(str(file), options).run(
        None, {"input": pixels.transpose(2, 0, 1)[None]}
    )
    place = places[0, scores[0, :, 1].argmax()] * np.tile(picture.shape[1::-1], 2)
    assert corners_of(boxes[0]) == pytest.approx(place, abs=2)
    assert boxes[0].score == pytest.approx(scores[0, :, 1].max(), abs=0.01)


def test_a_layer_of_a_real_detector_tells_products_apart() -> None:
    file = shared("vision_models/yolox_nano.onnx")
    inside = "input.367"
    engine = loaded(EmbedImageOnnx, file, output=inside, colours="bgr", fit="crop", **PLAIN)
    products = [("Fruit", "Banana"), ("Fruit", "Orange"), ("Fruit", "Kiwi"), ("Fruit", "Lime")]
    photos = [
        shared(f"grocery_photos/val/{kind}/{name}/{name}_00{n}.jpg") for kind, name in products for n in (1, 2, 3)
    ]
    vectors = engine.run(EmbedImages(tuple(map(photo, photos))), Turn()).values.array()
    alike = vectors @ vectors.T - 2 * np.eye(len(photos))
    right = sum(nearest // 3 == number // 3 for number, nearest in enumerate(alike.argmax(1)))
    assert right >= 9


def test_what_sees_nothing_says_so(tmp_path: Path) -> None:
    engine = loaded(EmbedImageOnnx, tiny(tmp_path, tiny_vision.classifier()), output="risen", **PLAIN)
    with pytest.raises(Refused, match="found nothing"):
        engine.run(EmbedImages((grey(8, 8, 0),)), Turn())


def corners_of(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
