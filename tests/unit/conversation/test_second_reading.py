"""Two models hear the same: which reading is taken, and when it is only proposed."""

from __future__ import annotations

from typing import Any

import pytest

from edge.conversation.voice.second_reading import is_worth_reading_again, likelier, read_again, settle
from edge.conversation.voice.voice_line import SecondReading
from models.errors import ModelError
from models.kinds import Transcribed
from tests.shop_fixture import run
from tests.unit.conversation.test_voice_talk import Played, PlayedModels

RATE_HZ = 16_000


class TwoModels(PlayedModels):
    """The second one answers with `reply`."""

    def __init__(self, reply: Transcribed | ModelError, two: bool = True) -> None:
        super().__init__()
        self.reply, self.two = reply, two
        self.guesses: list[tuple[str, ...]] = []

    def checks(self, language: str) -> bool:
        return self.two

    async def listen(self, *_: object, free: bool = False, guesses: tuple[str, ...] = ()) -> Any:
        assert free
        self.guesses.append(guesses)
        if isinstance(self.reply, ModelError):
            raise self.reply
        return Reading(self.reply)


class Reading(Played):
    async def __aenter__(self) -> Reading:
        return self

    async def __aexit__(self, *_: object) -> None: ...


def second(models: TwoModels, first: str) -> SecondReading:
    async def main() -> SecondReading:
        return await read_again(models, b"\1\0" * RATE_HZ, RATE_HZ, "en", 5.0, first)

    return run(main())


def test_the_second_model_weighs_what_the_first_heard() -> None:
    models = TwoModels(Transcribed("took 12 milk", own="look 12\nmilk"))
    assert second(models, "took twelve milk") == SecondReading("took 12 milk", "look 12 milk")
    assert models.guesses == [("took twelve milk", "took 12 milk")]


def test_the_same_model_is_not_led_by_what_it_heard() -> None:
    models = TwoModels(Transcribed("took two milk"), two=False)
    assert second(models, "took two silk") == SecondReading(own="took two milk")
    assert models.guesses == [()]
    assert second(TwoModels(Transcribed("took two milk")), "took two silk").text == "", "one that can't weigh them"
    assert second(TwoModels(ModelError("late", "late")), "took two silk") == SecondReading()


@pytest.mark.parametrize(
    ("first", "text", "own", "taken", "agrees"),
    [
        ("took two milk", "took 2 milk", "took two milk", "took 2 milk", True),
        (
            "took two milk",
            "took two milk",
            "took two silk",
            "took two milk",
            False,
        ),
        ("took two dark roast", "took two light roast", "took two light roast", "took two light roast", False),
        ("took two milk", "took three milk", "took three milk", "took three milk", False),
        ("took two milk", "the cook is ill", "the cook is ill", "took two milk", False),
        ("took two milk", "", "took 2 milk", "took two milk", True),
        ("took two milk", "", "", "took two milk", False),
    ],
)
def test_something_is_done_at_once_only_if_both_heard_it(
    first: str, text: str, own: str, taken: str, agrees: bool
) -> None:
    assert settle(first, SecondReading(text, own), "en") == (taken, agrees)


def test_a_pin_or_a_yes_of_the_second_reading_is_not_taken() -> None:
    for other in ("four seven one one", "yes", "cancel", ""):
        assert likelier("a large latte", SecondReading(other, other), "en") == "a large latte"
    assert likelier("a large latte", SecondReading("a large mocha", ""), "en") == "a large mocha"


def test_a_short_answer_is_read_once() -> None:
    texts = ("yes", "no thanks", "a large latte please", "can i get a mocha")
    assert [is_worth_reading_again(text, "en") for text in texts] == [False, False, True, True]
