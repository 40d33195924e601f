"""The second reader: sentences made to train on, the tagger's file, and what its tags may and may not come to."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from edge.app import demo_catalog
from edge.shop.turn_reading.second_reader.made_sayings import MadeSaying, frames_of, made_sayings
from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.turn_reading.second_reader.second_reading import MarkedWords
from edge.shop.turn_reading.second_reader.tagger_asking import tags_of
from edge.shop.turn_reading.second_reader.tagger_training import grams_of, sayings_apart, tagger_figures, train_tagger
from edge.shop.understanding.tokens import all_tokens
from edge.shop.understanding.understood import LANGUAGES
from models.errors import ModelError, Unusable
from models.kinds import Tag, Tagged
from models.manifest import entries
from models.manifest.availability import find
from models.runtime.worker_host import Plan
from models.tag.linear import LinearTagger
from models.tag.weights import TaggerWeights, pack_weights, read_weights
from tests.sayings import FOLDER
from tests.shop_fixture import run

SHARED = Path(__file__).parents[3] / "shared" / "data" / "dialogues"
NAMES = {one: [(product.names or {})[one] for product in demo_catalog.products()] for one in LANGUAGES}
WRITTEN = {
    "en": "we grabbed 4 bottles of quince syrup for table 9",
    "fr": "on a cassé 3 bocaux de cornichons ce matin",
    "he": "קיבלנו 5 ארגזים של מיץ מהספק",
}
SLOTS = {
    "en": {("act_out", "grabbed"), ("amount", "4"), ("unit", "bottles"), ("product", "quince syrup")},
    "fr": {("act_waste", "a casse"), ("amount", "3"), ("unit", "bocaux"), ("product", "cornichons")},
    "he": {("act_in", "קיבלנו"), ("amount", "5"), ("unit", "ארגזימ"), ("product", "מיצ")},
}


FLOORS = {"en": 0.7, "fr": 0.7, "he": 0.7}
"""F1 of all slots, of sentences that were typed by hand."""


@pytest.fixture(scope="module")
def weights() -> TaggerWeights:
    return read_weights(entry_file())


@pytest.fixture(scope="module")
def tagger(weights: TaggerWeights) -> LinearTagger:
    return LinearTagger(weights)


def tagged(tagger: LinearTagger, text: str, language: str) -> tuple[list[str], Tagged]:
    words = all_tokens(text)
    return words, tagger.tagged(tuple(words), marks_of(words, language, lambda word: False), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots_of_goods_that_no_catalogue_knows(tagger: LinearTagger, language: str) -> None:
    words, found = tagged(tagger, WRITTEN[language], language)
    spans = {
        (tag[2:], " ".join(words[at : _end(found.tags, at)])) for at, tag in enumerate(found.tags) if tag[0] == "B"
    }
    assert spans >= SLOTS[language]
    assert found.intent == "told"


def _end(tags: tuple[str, ...], at: int) -> int:
    end = at + 1
    while end < len(tags) and tags[end].startswith("I-"):
        end += 1
    return end


def test_the_same_seed_trains_the_same_file() -> None:
    sayings = made_sayings(NAMES, 90, 1)
    first, again = (pack_weights(train_tagger(sayings, 1, 1, lambda line: None)) for _ in range(2))
    assert first == again
    assert made_sayings(NAMES, 30, 2) != made_sayings(NAMES, 30, 1)


def test_no_sentence_of_training_has_six_words_in_a_row_of_what_is_measured() -> None:
    sayings = made_sayings(NAMES, 210, 1)
    measured = [sayings[4].words, sayings[200].words]
    assert any(map(grams_of, measured))
    kept = sayings_apart(NAMES, 210, 1, measured)
    assert len(kept) < len(sayings)
    assert not {gram for one in kept for gram in grams_of(one.words)} & {
        gram for one in measured for gram in grams_of(one)
    }


def test_frames_are_none_of_the_conversations_that_are_measured() -> None:
    if not SHARED.exists():
        pytest.skip("missing: the conversations beside the project")
    cases = [one for file in SHARED.glob("*.json") for one in json.loads(file.read_text(encoding="utf-8"))]
    measured = {gram for one in cases for turn in one["turns"] for gram in grams_of(all_tokens(turn))}
    for language in LANGUAGES:
        frames = frames_of(language)
        for text in (*frames.told, *frames.denied, *frames.planned, *frames.asked, *frames.other, *frames.contexts):
            assert not grams_of(all_tokens(text)) & measured, text


def typed_sayings() -> list[MadeSaying]:
    """Those that were typed by hand, as they would be made."""
    text = (FOLDER / "tagged.txt").read_text(encoding="utf-8")
    return [_typed(line) for line in text.splitlines() if line and not line.startswith("#")]


def _typed(line: str) -> MadeSaying:
    language, _, text = line.partition(" | ")
    words: list[str] = []
    tags: list[str] = []
    for found in re.finditer(r"\[(\w+) ([^\]]*)\]|([^\[]+)", text):
        said = all_tokens(found[2] or found[3])
        words += said
        tags += [f"{'I' if at else 'B'}-{found[1]}" if found[1] else "O" for at in range(len(said))]
    marks = marks_of(words, language, lambda word: False)
    intent = "no" if "B-negation" in tags else "told"
    return MadeSaying(tuple(words), marks, language, tuple(tags), intent)


def test_sentences_typed_by_hand_are_tagged_by_slot(weights: TaggerWeights) -> None:
    figures = tagger_figures(weights, typed_sayings())
    for language, one in figures.items():
        assert one.slots["all"].f1 >= FLOORS[language], (language, one)
        assert one.intent >= 0.7, (language, one)


def test_a_file_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    file = tmp_path / "understanding.npz"
    with pytest.raises(Unusable, match="is no tagger"):
        read_weights(file)
    good = entry_file().read_bytes()
    for bad in (b"", b"PK\x03\x04", good[:5000], good[:2000] + bytes(500) + good[2500:]):
        file.write_bytes(bad)
        with pytest.raises(Unusable, match="train understanding"):
            read_weights(file)


def entry_file() -> Path:
    found = find(entries()["understanding"], Path("nowhere"))
    assert isinstance(found, Plan), found
    return Path(found.files[0])


def test_nothing_that_is_said_breaks_it(tagger: LinearTagger) -> None:
    chance = random.Random(36)
    alphabet = "aé ל ש12,.!?\U0001f600\U0001f37a\u200f\u202e\0'\"%½٣３-–"
    texts = ["".join(chance.choice(alphabet) for _ in range(chance.randint(0, 120))) for _ in range(20)]
    texts += ["took " * 1000, "took 3 bagels et לקחתי שתי חלות 🍞", "", " "]
    for text in texts:
        for language in LANGUAGES:
            words, found = tagged(tagger, text, language)
            assert len(found.tags) == len(found.scores) == len(words)
            assert all(0 <= one <= 1 for one in found.scores)


class _Models:
    """What may answer: an answer, an error, or nobody."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def has(self, kind: str, language: str = "") -> bool:
        return self._answer is not None

    async def ask(self, request: Tag, within_s: float) -> object:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (Tagged(("O",), (1.0,), "other", 1.0), True),
        (Tagged((), (), "other", 1.0), False),
        (Tag((), ()), False),
        (ModelError("late", "It is late."), False),
        (TimeoutError(), False),
        (None, False),
    ],
)
def test_a_tagger_that_is_late_absent_or_broken_is_nothing(answer: object, known: bool) -> None:
    said = MarkedWords(("hello",), ("f",), "en")
    assert (run(tags_of(_Models(answer), said)) is not None) == known
    assert run(tags_of(None, said)) is None
