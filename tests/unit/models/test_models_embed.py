"""Texts as vectors: a tokenizer and a model made by hand, of which the vectors are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.embed.onnx import MOST_TEXTS, EmbedOnnx
from models.engine import Model
from models.errors import Refused, Unusable
from models.kinds import Embed
from tests.contract.rigs_vision import sentences
from tests.tiny_onnx import model, node
from tests.unit.models.test_models_onnx import Turn


def loaded(folder: Path, **options: Any) -> EmbedOnnx:
    engine = EmbedOnnx(EmbedOnnx.Config(**options), Model("tiny", folder, sentences(folder)))
    engine.load()
    return engine


def test_texts_of_one_meaning_lie_close_whatever_is_sent_with_them(tmp_path: Path) -> None:
    engine = loaded(tmp_path, batch=2)
    texts = ("milk", "milk milk milk חלב", "חלב", "milk חלב")
    vectors = engine.run(Embed(texts), Turn()).values.array()
    assert vectors.shape == (4, 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4))
    assert vectors[0] @ vectors[2] == pytest.approx(0.8)
    for number, text in enumerate(texts):
        alone = engine.run(Embed((text,)), Turn()).values.array()[0]
        assert vectors[number] == pytest.approx(alone)


def test_a_question_is_marked_as_one(tmp_path: Path) -> None:
    engine = loaded(tmp_path, query_prefix="query: ")
    (passage,) = engine.run(Embed(("milk",)), Turn()).values.array()
    (question,) = engine.run(Embed(("milk",), "query"), Turn()).values.array()
    assert (passage[2], question[2]) == (0, pytest.approx(0.5**0.5))


def test_borders_and_nonsense(tmp_path: Path) -> None:
    engine = loaded(tmp_path, most_tokens=8)
    assert engine.run(Embed(()), Turn()).values.shape == (0, 3)
    assert engine.run(Embed(("", "\0", "milk " * 10_000)), Turn()).values.shape == (3, 3)
    with pytest.raises(Refused, match="too many"):
        engine.run(Embed(("milk",) * (MOST_TEXTS + 1)), Turn())


def test_a_tokenizer_that_is_none_is_said(tmp_path: Path) -> None:
    places = sentences(tmp_path)
    places[1].write_text("{}")
    with pytest.raises(Unusable, match="isn't a tokenizer"):
        EmbedOnnx(EmbedOnnx.Config(), Model("tiny", tmp_path, places)).load()
    places[1].unlink()
    with pytest.raises(Unusable, match="isn't a tokenizer"):
        EmbedOnnx(EmbedOnnx.Config(), Model("tiny", tmp_path, places[:1])).load()


def test_a_model_that_wants_more_than_words_is_said(tmp_path: Path) -> None:
    _, words = sentences(tmp_path)
    data = model([node("Identity", ["pixels"], ["out"])], {"pixels": (1, 3)}, {"out": (1, 3)})
    (tmp_path / "model.onnx").write_bytes(data)
    with pytest.raises(Unusable, match="needs pixels"):
        EmbedOnnx(EmbedOnnx.Config(), Model("tiny", tmp_path, (tmp_path / "model.onnx", words))).load()
