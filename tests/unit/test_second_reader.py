"""The second reader: the sayings it is trained on, the tagger's file, and what its tags may and may not come to."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.turn_reading.second_reader.second_reading import MarkedWords
from edge.shop.turn_reading.second_reader.tagger_asking import tags_of
from edge.shop.turn_reading.second_reader.tagger_training import grams_of, sayings_apart, tagger_figures, train_tagger
from edge.shop.turn_reading.second_reader.written_sayings import Variety, WrittenSaying, read_saying, written_sayings
from edge.shop.understanding.tokens import all_tokens
from edge.shop.understanding.understood import LANGUAGES
from models.errors import ModelError, Unusable
from models.kinds import Tag, Tagged
from models.manifest import entries
from models.manifest.availability import find
from models.runtime.worker_host import Plan
from models.tag.tagger import NetworkTagger
from models.tag.weights import TaggerWeights, pack_weights, read_weights
from tests.sayings import FOLDER
from tests.shop_fixture import run

SHARED = Path(__file__).parents[3] / "shared" / "data" / "dialogues"
WRITTEN = {
    "en": "we grabbed 4 bottles of quince syrup for table 9",
    "fr": "on a cassé 3 bocaux de cornichons ce matin",
    "he": "קיבלנו 5 ארגזים של מיץ מהספק",
}
SLOTS = {
    "en": {("n", "4"), ("u", "bottles"), ("out", "quince syrup")},
    "fr": {("n", "3"), ("u", "bocaux"), ("waste", "cornichons")},
    "he": {("n", "5"), ("u", "ארגזימ"), ("in", "מיצ")},
}


FLOORS = {"en": 0.7, "fr": 0.7, "he": 0.7}
"""F1 of all slots, of turns that were typed by hand, of goods that no catalogue has."""


@pytest.fixture(scope="module")
def weights() -> TaggerWeights:
    return read_weights(entry_file())


@pytest.fixture(scope="module")
def tagger(weights: TaggerWeights) -> NetworkTagger:
    return NetworkTagger(weights)


def tagged(tagger: NetworkTagger, text: str, language: str) -> tuple[list[str], Tagged]:
    words = all_tokens(text)
    return words, tagger.tagged(tuple(words), marks_of(words, language, lambda word: False), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots_of_goods_that_no_catalogue_knows(tagger: NetworkTagger, language: str) -> None:
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


def test_who_speaks_decides_what_happens_to_goods(tagger: NetworkTagger) -> None:
    words = ("two", "bagels", "please")
    marks = marks_of(words, "en", lambda word: word == "bagels")
    assert tagger.tagged(words, marks, "en", "customer").tags[1] == "B-add"
    assert tagger.tagged(words, marks, "en", "staff").tags[1] != "B-add"


def test_the_same_seed_trains_the_same_file() -> None:
    sayings = typed_sayings()
    first, again = (pack_weights(train_tagger(sayings, 1, 1, 1, lambda line: None)) for _ in range(2))
    assert first == again
    assert pack_weights(train_tagger(sayings, 1, 1, 2, lambda line: None)) != first


def test_training_learns_what_it_is_shown() -> None:
    sayings = typed_sayings()
    figures = tagger_figures(train_tagger(sayings, 100, 1, 1, lambda line: None), sayings)
    assert all(one.slots["all"].f1 > 0.9 and one.intent > 0.9 for one in figures.values()), figures


def test_a_round_says_the_same_of_other_goods_and_numbers() -> None:
    sayings = typed_sayings()
    variety = Variety(sayings, 1)
    rounds = [variety.round() for _ in range(4)]
    assert len({one[2].words for one in rounds}) > 1
    for said in rounds:
        for one, other in zip(sayings, said, strict=True):
            assert len(other.words) == len(other.tags) == len(other.marks)
            assert (one.intent, one.speaker) == (other.intent, other.speaker)
            assert [tag for tag in one.tags if tag[0] == "B"] == [tag for tag in other.tags if tag[0] == "B"]


def test_sayings_are_none_of_the_conversations_that_are_measured() -> None:
    if not SHARED.exists():
        pytest.skip("missing: the conversations beside the project")
    cases = [one for file in SHARED.glob("*.json") for one in json.loads(file.read_text(encoding="utf-8"))]
    measured = [all_tokens(turn) for one in cases for turn in one["turns"]]
    grams = {gram for words in measured for gram in grams_of(words)}
    assert any(map(grams_of, measured))
    for kept in sayings_apart(measured):
        assert len(kept) > 1000
        assert not any(grams_of(one.words) & grams for one in kept)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sayings_are_turns_of_staff_and_customers(language: str) -> None:
    sayings = written_sayings(language)
    assert {one.speaker for one in sayings} == {"staff", "customer"}
    assert len({one.words for one in sayings}) > 0.98 * len(sayings)
    assert {one.intent for one in sayings} >= {"told", "amount", "more", "less", "swap", "undo", "ask", "no", "other"}


@pytest.mark.parametrize("line", ["told\ttook [n 2] [out milk]", "s told", "s told\ttook [many 2] [out milk]"])
def test_a_line_that_is_no_saying_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"sayings/en.txt, line 7"):
        read_saying(line, "en", frozenset(), 7)


def typed_sayings() -> list[WrittenSaying]:
    """Those that were typed by hand, and are never trained on."""
    lines = (FOLDER / "tagged.txt").read_text(encoding="utf-8").splitlines()
    told = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return [read_saying(line, language, frozenset()) for language, _, line in told]


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


def test_nothing_that_is_said_breaks_it(tagger: NetworkTagger) -> None:
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
    said = MarkedWords(("hello",), ("f",), "en", "staff")
    assert (run(tags_of(_Models(answer), said)) is not None) == known
    assert run(tags_of(None, said)) is None
