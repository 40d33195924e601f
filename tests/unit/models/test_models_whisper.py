"""What Whisper is given and which of its guesses is taken, without the model: see `tests/contract` for the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from edge.conversation.understanding.speech_input import SURE
from models.engine import Model
from models.errors import Unusable
from models.kinds import Word
from models.manifest import entries
from models.speech.stt_whisper import Hearing, Reading, Stretch, SttWhisper, model_files
from models.speech.whisper_guesses import Guess, ShopWords, agreement, is_loop, rank, whole, words_of
from models.speech.whisper_mel import FRAMES, log_mel
from tests.speech import noise

SHOP = ShopWords(("two", "challahs", "light roast", "iced mocha", "a", "give me", "latte", "with", "milk"))


def test_a_tone_stands_in_the_band_of_its_pitch_and_silence_nowhere() -> None:
    at = np.arange(16_000) / 16_000
    tone = (8_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16).tobytes()
    made = log_mel(tone, 80)
    assert (made.shape, made.dtype) == ((1, 80, FRAMES), np.dtype("float32"))
    assert int(made[0, :, 50].argmax()) == 11, "440 Hz are 6.6 mels of Slaney's, of bands 45.2 / 81 wide"
    assert made[0, :, 50].max() > made[0, :, 500].max()
    assert np.ptp(log_mel(b"", 80)) == 0


def test_what_is_in_stock_goes_before_what_sounds_a_little_better() -> None:
    guesses = [
        Guess("give me to holler", -3.0),
        Guess("give me two challahs", -5.5),
        Guess("give me two collars", -4.0),
    ]
    order = rank(guesses, SHOP)
    assert order[0][0].text == "give me two challahs"
    assert sum(share for _, share in order) == pytest.approx(1.0)
    assert agreement("give", order) == pytest.approx(1.0)
    assert agreement("challahs", order) < agreement("two", order) < 1.0, "whoever disagrees makes a word unsure"
    assert rank(guesses, ShopWords(()))[0][0].text == "give me to holler", "without words of a shop the sound decides"


def test_far_likelier_sound_wins_over_the_shops_words() -> None:
    order = rank([Guess("where is the toilet", -2.0), Guess("two iced mocha latte", -40.0)], SHOP)
    assert order[0][0].text == "where is the toilet"


def test_phrases_that_sound_alike_are_found_and_put_in() -> None:
    assert {"challahs", "light roast"} <= set(SHOP.near(["give me two hollers with a light rose"]))
    assert "give me a light roast" in SHOP.repairs("give me a light rose")
    assert SHOP.repairs("give me a latte with milk") == [], "nothing is to be mended"
    assert ShopWords(()).near(["anything"]) == []


def test_products_that_sound_alike_make_each_other_unsure() -> None:
    shop = ShopWords(("dark roast", "dark toast", "took", "thirteen", "thirty", "milk"))
    assert set(shop.rivals("took thirteen dark roast")) == {"took thirteen dark toast", "took thirty dark roast"}
    assert shop.rivals("took milk") == [] == ShopWords(()).rivals("anything"), "nothing sounds like it"
    order = rank([Guess("took dark roast", -3.0), Guess("took dark toast", -3.2)], shop)
    assert agreement("took", order) == pytest.approx(1.0)
    assert agreement("roast", order) < 0.6


def test_a_word_no_product_has_that_sounds_like_one_is_misheard() -> None:
    shop = ShopWords(("dark roast coffee", "latte", "medium"))
    assert shop.misheard("a medium dark rose latte please") == {"rose"}
    assert shop.misheard("where does the rose stand") == frozenset(), "alone it may be a rose"
    assert shop.misheard("a medium dark roast latte please") == frozenset()


class PlayedWhisper(SttWhisper):
    """The model's part is played: it writes `beams`, and finds each text as likely as `likely` says."""

    def __init__(self, beams: list[str], likely: dict[str, float]) -> None:
        super().__init__(SttWhisper.Config(), Model("played"))
        self.beams, self.likely = beams, likely
        self._whisper = self

    def encode(self, features: Any) -> None: ...

    def _features(self, sound: bytes) -> Any: ...

    def _start(self, language: str) -> list[int]:
        return []

    def _id(self, name: str) -> int:
        return 0

    def _ids(self, text: str) -> list[int]:
        return [0] * len(text.split())

    def _write(self, encoded: Any, before: list[int], start: list[int], turn: Any) -> tuple[list[str], float]:
        return self.beams, 0.0

    def _likely(self, encoded: Any, start: list[int], text: str, frames: int) -> float:
        return self.likely.get(text, -50.0)

    def _share_of(self, encoded: Any, language: str) -> float:
        return 1.0

    def _words(self, encoded: Any, start: list[int], text: str, order: Any, *_: Any) -> Iterator[Word]:
        return (Word(word, 0, 1, agreement(word, order)) for word in text.split())


class Quiet:
    def step(self) -> None: ...


def reading(whisper: PlayedWhisper, shop: ShopWords, *others: str, language: str = "en") -> Reading:
    return whisper._read(Stretch(bytes(32_000), 0, 1_000, True), language, shop, others, cast(Any, Quiet()))


def test_a_product_that_nothing_heard_makes_one_unsure_and_never_takes_its_place() -> None:
    shop = ShopWords(("light roast", "light toast", "a", "large"))
    whisper = PlayedWhisper(["a large light roast"], {"a large light roast": -4.0, "a large light toast": -1.0})
    found = reading(whisper, shop)
    assert found.text == "a large light roast"
    assert {word.text: word.confidence > 0.9 for word in found.words}["large"]
    assert {word.text: word.confidence < 0.5 for word in found.words}["roast"]


def test_what_another_model_heard_is_weighed_and_the_own_reading_kept() -> None:
    shop = ShopWords(("two", "challahs", "to"))
    whisper = PlayedWhisper(["to holler"], {"to holler": -3.0, "two challahs": -5.0, "two hats": -40.0})
    assert reading(whisper, shop, "two challahs", "two hats")[::2] == ("two challahs", "to holler")
    assert reading(whisper, shop, "two hats")[::2] == ("to holler", "to holler")


def test_a_number_that_sounds_like_another_word_is_weighed_and_unsure_if_both_are_likely() -> None:
    shop = ShopWords(("pris", "de", "deux", "baguette"))
    whisper = PlayedWhisper(["Pris de baguettes."], {"pris de baguettes": -6.0, "pris deux baguettes": -2.0})
    assert reading(whisper, shop, language="fr").text == "pris deux baguettes"
    whisper.likely["pris deux baguettes"] = -6.1
    sure = {word.text: word.confidence for word in reading(whisper, shop, language="fr").words}
    assert sure["de"] < SURE < 0.9 < min(sure["pris"], sure["baguettes"])
    assert reading(whisper, shop, language="en").text == "pris de baguettes", "only French hears a number in it"


def test_a_french_verb_is_the_participle_that_sounds_like_it() -> None:
    shop = ShopWords(("utilise", "gouda", "un", "kilo", "de"))
    likely = {"utilisez un kilo de gouda": -4.0}
    assert reading(PlayedWhisper(["Utilisez un kilo de gouda."], likely), shop, language="fr").text == (
        "utilisé un kilo de gouda"
    )
    assert shop.participles("payez un kilo", "fr") == "payez un kilo", "it isn't one of the shop's verbs"


@pytest.mark.parametrize(
    ("word", "phrase"),
    [("reçu", "recu"), ("j'ai", "j ai"), ("bœufs", "boeuf"), ("בייגלים", "בייגל"), ("חלות", "חלה"), ("וארגז", "ארגז")],
)
def test_a_word_of_the_shop_is_known_in_every_spelling_and_form(word: str, phrase: str) -> None:
    shop = ShopWords((phrase,))
    assert shop.knows(word)
    assert shop.bonus(word) > 0 > shop.bonus("xylophone")


def test_a_hint_that_makes_the_model_lose_words_is_not_followed() -> None:
    said = ["I'd like a triple shot large ice coffee"]
    assert whole(said, ["a large iced coffee"]) == ["i'd like a triple shot large ice coffee"]
    assert whole(said, ["I'd like a triple shot large iced coffee"])[0] == "i'd like a triple shot large iced coffee"
    assert whole(["…", ""], [""]) == [], "no words are no reading"


def test_a_model_that_goes_round_in_circles_said_nothing() -> None:
    loop = "a little bit of soy milk " * 5
    assert is_loop(loop) and not is_loop("two milk, two bread, two eggs")
    assert whole([loop], [loop]) == []
    assert rank([Guess(loop, -1.0)], SHOP) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Give me a 20-ounce latte, 1.5 kg!", ["give", "me", "a", "20", "ounce", "latte", "1.5", "kg"]),
        ("L’eau à 3%, s'il vous plaît.", ["l'eau", "à", "3%", "s'il", "vous", "plaît"]),
        ("תוסיף 2 ק\"ג עגבניות, צ'יפס.", ["תוסיף", "2", 'ק"ג', "עגבניות", "צ'יפס"]),
        ("… ♪ —", []),
    ],
)
def test_words_are_as_they_are_said(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_model_in_pieces_is_put_together_and_a_broken_folder_says_so(tmp_path: Path) -> None:
    contents = {"model.bin.part1": b"one", "model.bin.part2": b"two", "config.json": b"{}", "vocabulary.txt": b"a"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(Unusable, match=r"tokenizer\.json"):
        model_files(Model("ear", tmp_path))
    (tmp_path / "tokenizer.json").write_bytes(b"{}")
    (tmp_path / "README.md").write_bytes(b"not ours")
    made = model_files(Model("ear", tmp_path))
    assert made["model.bin"] == b"onetwo"
    assert made.keys() == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}


def test_every_file_that_ships_in_packages_has_its_hash() -> None:
    entry = entries()["whisper-base"]
    assert entry.licence == "MIT" and all(len(sha256) == 64 for sha256 in entry.files.values())


class LoudIsSpeech:
    """A detector of speech to which whatever is loud is speech."""

    def reset(self) -> None: ...

    def chunk_bytes(self) -> int:
        return 1_024

    def __call__(self, frame: bytes) -> float:
        return float(np.abs(np.frombuffer(frame, np.int16)).max() > 1_000)


class Fed:
    """A turn at a sound that is all there, as a file is."""

    def __init__(self, *sounds: bytes) -> None:
        self._sounds = sounds

    def chunks(self) -> Iterator[bytes]:
        yield from self._sounds

    def step(self) -> None: ...


def loud(seconds: float) -> bytes:
    return noise(seconds, loud=8_000)


def quiet(seconds: float) -> bytes:
    return bytes(2 * round(16_000 * seconds))


def stretches(*sounds: bytes) -> list[tuple[int, int]]:
    """From when to when someone was heard, in tenths of a second."""
    hearing = Hearing(LoudIsSpeech(), pause_ms=1_500)
    found = list(hearing.stretches(cast(Any, Fed(*sounds)), 16_000))
    assert all(one.final for one in found), "a file is not read twice"
    assert hearing.sound_ms == pytest.approx(sum(map(len, sounds)) / 32, abs=32)
    assert all(abs(len(one.sound) / 32 - (one.speech_ms - one.from_ms)) <= 232 for one in found)
    return [(round(one.from_ms, -2) // 100, round(one.speech_ms, -2) // 100) for one in found]


def test_no_one_is_heard_in_silence_and_a_short_knock() -> None:
    assert stretches() == stretches(quiet(3)) == stretches(quiet(2), loud(0.03), quiet(2)) == []


def test_a_breath_ends_no_order_and_a_pause_does() -> None:
    assert stretches(quiet(5), loud(1), quiet(0.6), loud(1), quiet(1)) == [(48, 76)]
    assert stretches(loud(1), quiet(2), loud(1)) == [(0, 10), (28, 40)]


def test_ten_minutes_of_noise_are_cut_and_never_held_at_once() -> None:
    found = stretches(*[loud(10)] * 60)
    assert len(found) == 22 and all(280 <= end - start <= 282 for start, end in found[:-1])
