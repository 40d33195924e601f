"""Rigs of engines for pictures, with hand-made models, and with real ones if the data next to the project exists."""

from __future__ import annotations

import importlib.resources
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bidi import get_display
from PIL import Image, ImageDraw, ImageFont

from models.kinds import Classify, Detect, Embed, EmbedFace, EmbedImages, Picture, Read, Request
from models.manifest import entries
from models.manifest.availability import find
from models.registry import ENGINES
from models.runtime.worker_host import Plan
from models.tensor import Tensor
from tests.contract.engine_rigs import Rig, grey
from tests.tiny_faces import FIELDS, painted, write_faces
from tests.tiny_onnx import model, node
from tests.tiny_vision import LABELS, classifier, detector, write

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MEMORY_MB = 150
HEBREW = ("חשבונית מס מספר 20417", "גבינה צהובה פרוסה", "12")


def file(picture: np.ndarray[Any, Any], ending: str = ".jpg") -> Picture:
    """Return a picture as a JPEG or PNG file."""
    return Picture(Tensor.of(cv2.imencode(ending, picture)[1].reshape(-1)), "file")


def photo(path: Path) -> Picture:
    return Picture(Tensor.of(np.frombuffer(path.read_bytes(), np.uint8)), "file")


def header_bomb() -> Picture:
    """Return a PNG file that claims 50,000 by 50,000 pixels."""
    data = bytearray(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return Picture(Tensor(bytes(data), (len(data),)), "file")


def odd_pictures() -> list[Picture]:
    """Return pictures that are empty, huge, truncated, of NaN values, of one pixel, or of one row."""
    whole = cv2.imencode(".jpg", np.random.default_rng(7).integers(0, 256, (300, 300, 3), np.uint8))[1].tobytes()
    return [
        grey(0, 0),
        Picture(Tensor(b"", (0,)), "file"),
        header_bomb(),
        Picture(Tensor(whole[: len(whole) // 2], (len(whole) // 2,)), "file"),
        Picture(Tensor(b"GIF89a" + bytes(100), (106,)), "file"),
        Picture(Tensor.of(np.full((64, 64, 3), np.nan, np.float32))),
        grey(1, 1),
        grey(1, 5_000),
        grey(5_000, 1),
    ]


def onnx_plan(kind: str, file: Path, options: dict[str, Any], memory_mb: int = MEMORY_MB) -> Plan:
    """Return a plan with an ONNX model, as the manifest would give it."""
    return Plan("seeing", kind, ENGINES[kind, "onnx"], memory_mb, options, str(file.parent), (str(file),))


class DetectOnnxRig(Rig):
    kind, engine = "detect", "onnx"

    def plan(self, folder: Path) -> Plan:
        return onnx_plan("detect", write(folder / "tiny.onnx", detector()), {"labels": LABELS})

    def request(self) -> Detect:
        return Detect((file(np.full((200, 400, 3), 204, np.uint8)), grey(64, 64, 204)), threshold=0.3)

    def check(self, partials: list[Any], reply: Any) -> None:
        (wide,), (square,) = reply.boxes
        assert wide.label == square.label == "bright"
        assert square.score == pytest.approx(0.8, abs=0.01)
        assert (square.left, square.top, square.right, square.bottom) == pytest.approx((24.4, 24, 40.4, 40), abs=0.1)
        # the wide picture is in the upper half of the model's input, scaled by 0.16
        assert (wide.left, wide.top, wide.bottom) == pytest.approx((152.5, 150, 200), abs=0.5)

    def refused(self) -> Detect:
        return Detect((header_bomb(),))

    def odd(self) -> list[Request[Any, Any]]:
        return [
            Detect(()),
            *(Detect((picture,)) for picture in odd_pictures()),
            Detect((grey(9, 9, 255),), threshold=0),
        ]


class YoloxRig(DetectOnnxRig):
    """YOLOX-nano on a photograph of bananas in a shop."""

    def plan(self, folder: Path) -> Plan:
        return onnx_plan("detect", shared("vision_models/yolox_nano.onnx"), {})

    def request(self) -> Detect:
        return Detect((photo(shared("grocery_photos/val/Fruit/Banana/Banana_001.jpg")),), threshold=0.5)

    def check(self, partials: list[Any], reply: Any) -> None:
        (boxes,) = reply.boxes
        assert len(boxes) >= 3
        assert {box.label for box in boxes} == {"46"}  # banana in COCO


class ClassifyOnnxRig(Rig):
    kind, engine = "classify", "onnx"

    def plan(self, folder: Path) -> Plan:
        options = {"labels": LABELS, "mean": (0, 0, 0), "deviation": (1, 1, 1)}
        return onnx_plan("classify", write(folder / "tiny.onnx", classifier("pictures")), options)

    def request(self) -> Classify:
        return Classify(tuple(grey(48, 64, value) for value in (255, 0, 255, 0, 255)))

    def check(self, partials: list[Any], reply: Any) -> None:
        assert [labels[0].name for labels in reply.labels] == ["bright", "dark", "bright", "dark", "bright"]
        assert reply.labels[0][0].score == pytest.approx(1 / (1 + np.exp(-2)), abs=0.001)
        assert sum(label.score for label in reply.labels[0]) == pytest.approx(1)

    def refused(self) -> Classify:
        return Classify((header_bomb(),))

    def odd(self) -> list[Request[Any, Any]]:
        return [Classify(()), *(Classify((picture,)) for picture in odd_pictures())]


class EmbedImageOnnxRig(Rig):
    kind, engine = "embed_image", "onnx"

    def plan(self, folder: Path) -> Plan:
        options = {"mean": (0, 0, 0), "deviation": (1, 1, 1), "output": "risen"}
        return onnx_plan("embed_image", write(folder / "tiny.onnx", classifier(2)), options)

    def request(self) -> EmbedImages:
        return EmbedImages((grey(48, 64, 255), grey(30, 30, 100), grey(64, 48, 17)))

    def check(self, partials: list[Any], reply: Any) -> None:
        assert reply.values.array().tolist() == [[0, 1]] * 3

    def refused(self) -> EmbedImages:
        return EmbedImages((grey(8, 8, 0),))  # nothing visible

    def odd(self) -> list[Request[Any, Any]]:
        return [EmbedImages(()), *(EmbedImages((picture,)) for picture in odd_pictures())]


class EmbedImageLooksRig(Rig):
    """Colours and edges, computed by rules."""

    kind, engine = "embed_image", "looks"

    def plan(self, folder: Path) -> Plan:
        return Plan("seeing", "embed_image", ENGINES["embed_image", "looks"], MEMORY_MB, {}, None, ())

    def request(self) -> EmbedImages:
        red, round = np.full((60, 80, 3), (40, 40, 200), np.uint8), np.full((90, 60, 3), (40, 40, 200), np.uint8)
        cv2.circle(round, (30, 45), 20, (250, 250, 250), -1)
        return EmbedImages((file(red), file(red, ".png"), file(round, ".webp"), grey(48, 64, 17)))

    def check(self, partials: list[Any], reply: Any) -> None:
        red, again, round, dark = reply.values.array()
        assert np.linalg.norm(reply.values.array(), axis=1) == pytest.approx(np.ones(4), abs=1e-5)
        assert red @ again > 0.99 > red @ round > red @ dark, "the same, the same colour, neither"

    def refused(self) -> EmbedImages:
        return EmbedImages((header_bomb(),))

    def odd(self) -> list[Request[Any, Any]]:
        return [EmbedImages(()), *(EmbedImages((picture,)) for picture in odd_pictures())]


class FaceOnnxRig(Rig):
    """One face, none and two, with hand-made models."""

    kind, engine = "embed_face", "onnx"

    def plan(self, folder: Path) -> Plan:
        files = tuple(str(path) for path in write_faces(folder))
        return Plan("seeing", "embed_face", ENGINES["embed_face", "onnx"], MEMORY_MB, {}, str(folder), files)

    def request(self) -> EmbedFace:
        return EmbedFace(Picture(Tensor.of(painted(1))))

    def check(self, partials: list[Any], reply: Any) -> None:
        assert (reply.faces, reply.values.shape) == (1, (1, FIELDS * FIELDS))

    def refused(self) -> EmbedFace:
        return EmbedFace(header_bomb())

    def odd(self) -> list[Request[Any, Any]]:
        pictures = (Picture(Tensor.of(painted())), Picture(Tensor.of(painted(1, 2))), *odd_pictures())
        return [EmbedFace(picture) for picture in pictures]


class RapidocrRig(Rig):
    """Two rows of a table. The lower one is drawn first, from right to left."""

    kind, engine = "ocr", "rapidocr"
    language = "en"

    def plan(self, folder: Path) -> Plan:
        found = find(entries()["rapidocr"], folder)
        if not isinstance(found, Plan):
            pytest.skip(found.what)
        return found

    def request(self) -> Read:
        page = np.full((450, 600, 3), 255, np.uint8)  # the library enlarges narrow pictures, which takes long
        for text, at in (("Total 12.50", (350, 340)), ("Coffee 250 g", (30, 340)), ("Invoice 20417", (30, 130))):
            cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
        return Read(Picture(Tensor.of(page)))

    def check(self, partials: list[Any], reply: Any) -> None:
        said = [line.text.replace(" ", "") for line in reply.lines]
        assert said == ["Invoice20417", "Coffee250g", "Total12.50"]
        assert (reply.width, reply.height, reply.pages) == (600, 450, 1)
        (left, top), *_, (_, bottom) = reply.lines[2].corners
        assert (320 < left < 365) and (295 < top < 325) and (335 < bottom < 360)
        assert all(line.score > 0.8 for line in reply.lines)

    def refused(self) -> Read:
        return Read(grey(100, 100), self.language, page=1)  # a picture has only one page

    def odd(self) -> list[Request[Any, Any]]:
        pdf = Tensor(b"%PDF-1.7\nno page at all", (23,))
        pictures = [Picture(pdf, "file"), *odd_pictures()]
        return [Read(picture, self.language) for picture in pictures]


class TesseractRig(RapidocrRig):
    """Hebrew in the font that receipts use."""

    engine, language = "tesseract", "he"

    def plan(self, folder: Path) -> Plan:
        found = find(entries()["tesseract-he"], folder)
        if not isinstance(found, Plan):
            pytest.skip(found.what)
        return found

    def request(self) -> Read:
        font = importlib.resources.files("pylopdf_fonts_he") / "NotoSansHebrew-Variable.ttf"
        page = Image.new("L", (1000, 500), 255)
        draw = ImageDraw.Draw(page)
        with importlib.resources.as_file(font) as file:
            letters = ImageFont.truetype(str(file), 44, layout_engine=ImageFont.Layout.BASIC)
            for text, at in zip(HEBREW, ((950, 100), (950, 300), (200, 300)), strict=True):
                draw.text(at, get_display(text), 0, letters, "ra")
        return Read(Picture(Tensor.of(np.asarray(page)), "grey"), self.language)

    def check(self, partials: list[Any], reply: Any) -> None:
        assert " ".join(line.text for line in reply.lines) == " ".join(HEBREW)


class EmbedOnnxRig(Rig):
    """A model in which each of three words has its own vector."""

    kind, engine = "embed", "onnx"

    def plan(self, folder: Path) -> Plan:
        files = sentences(folder)
        return Plan("places", "embed", ENGINES["embed", "onnx"], MEMORY_MB, {}, str(folder), tuple(map(str, files)))

    def request(self) -> Embed:
        return Embed(("milk", "milk חלב", "חלב"))

    def check(self, partials: list[Any], reply: Any) -> None:
        first, both, second = reply.values.array()
        assert first @ second == pytest.approx(0.8)
        assert both @ first == pytest.approx(both @ second)

    def refused(self) -> Embed:
        return Embed(("milk",) * 5_000)

    def odd(self) -> list[Request[Any, Any]]:
        return [Embed(()), Embed(("",)), Embed(("\0 \ud7ff \U0001f600", "milk " * 50_000))]


def sentences(folder: Path) -> tuple[Path, ...]:
    """Return the files of a model of words. Skips the test if no tokenizer is installed."""
    tokenizers = pytest.importorskip("tokenizers")
    places = np.array([[0, 0, 1], [9, 9, 9], [1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], np.float32)
    known = {"[UNK]": 0, "[PAD]": 1, "milk": 2, "חלב": 3, "query:": 4}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(known, unk_token="[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    words.save(str(folder / "tokenizer.json"))
    step = node("Gather", ["places", "input_ids"], ["out"])
    shape = ("texts", "words")
    data = model([step], {"input_ids": shape}, {"out": (*shape, 3)}, {"places": places}, "int64")
    return write(folder / "model.onnx", data), folder / "tokenizer.json"


def shared(name: str) -> Path:
    """Return a file of the data next to the project. Skips the test if it doesn't exist."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"missing: shared/data/{name}")
    return path


VISION: tuple[type[Rig], ...] = (
    DetectOnnxRig,
    YoloxRig,
    ClassifyOnnxRig,
    EmbedImageOnnxRig,
    EmbedImageLooksRig,
    FaceOnnxRig,
    RapidocrRig,
    TesseractRig,
    EmbedOnnxRig,
)
