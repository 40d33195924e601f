"""What someone ended, by a "no" or a "stop", is not done by what they say later."""

from __future__ import annotations

from pathlib import Path

from edge.conversation.voice.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.conversation.voice.voice_line import HeardText, SecondReading
from edge.goods.stock.queries import read_stock
from tests.browser.serving import serve
from tests.chat_fixture import BOSS
from tests.flow.conversation.test_chat_http import filled
from tests.shop_fixture import run


def test_what_someone_ended_takes_no_yes(tmp_path: Path) -> None:
    """A "no" that cuts a question short, a "stop" to what was hardly heard, and one into our voice."""

    async def said(text: str, sure: float = 1.0, cut: bool = False) -> HeardText:
        async def again() -> SecondReading:
            return SecondReading(own=text)

        return HeardText(text, sure, False, again, cut=cut)

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await filled(served)
            voice = VoiceTurns(served.site, lambda: voice_of(BOSS), "en", HearingPlace("ear", "1", "1", "ear"))
            voice.blind = True

            def untouched() -> bool:
                return read_stock(served.shop.reader, "milk") == 30_000

            asked = await voice.answer(await said("took twenty five milks"))
            assert asked is not None and asked.message.answer and asked.message.answer.question
            no = await voice.answer(await said("no", cut=True))
            assert no is not None and no.aloud != asked.aloud, "they need not hear it again"
            await voice.answer(await said("yes"))
            assert untouched()

            doubt = await voice.answer(await said("took three milks", sure=0.4))
            assert doubt is not None and await voice.answer(await said("stop")) is None
            await voice.answer(await said("yes"))
            assert untouched(), "a stop ends what was hardly heard"

            asked = await voice.answer(await said("took twenty five milks"))
            assert asked is not None and asked.message.answer and asked.message.answer.question
            ended = await voice.on_interrupted(await said("stop", sure=0.4))
            assert ended is not None and ended.message.answer and not ended.message.answer.question
            await voice.answer(await said("took three milks", sure=0.4))
            assert await voice.on_interrupted(await said("stop")) is None
            await voice.answer(await said("yes"))
            assert untouched(), "a stop into our voice ends what it asked"

    run(scenario())


def test_taking_back_by_voice_needs_a_second_reading_and_a_yes(tmp_path: Path) -> None:
    """Noise that became "undo" is not answered; what was said takes nothing back before confirmation, nor does a
    correction of which the readings differ; and a confirmation is good for that alone."""

    def said(text: str, free: str = "", held: bool = False) -> HeardText:
        async def again() -> SecondReading:
            return SecondReading(own=free or text)

        return HeardText(text, 1.0, held, again)

    def sure(text: str, free: str = "", held: bool = False) -> HeardText:
        return said(text, free, held)._replace(sure=0.95)

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await filled(served)
            voice = VoiceTurns(served.site, lambda: voice_of(BOSS), "en", HearingPlace("ear", "1", "1", "ear"))

            def there() -> int:
                return read_stock(served.shop.reader, "milk")

            await voice.answer(sure("took three milks"))
            assert there() == 27_000
            assert await voice.answer(sure("undo", "shh brr")) is None
            doubt = await voice.answer(sure("undo", "shh brr", held=True))
            assert doubt is not None and there() == 27_000, "whoever holds the button is asked"
            await voice.answer(sure("no"))
            for answer, left in (("no", 27_000), ("yes", 30_000)):
                asked = await voice.answer(sure("undo"))
                assert asked is not None and asked.message.answer is not None
                assert asked.message.answer.text.startswith("Undo -3 ") and there() == 27_000
                ended = await voice.answer(sure(answer))
                assert ended is not None and there() == left
            again = await voice.answer(sure("undo"))
            assert again is not None and again.message.answer and not again.message.answer.question

            await voice.answer(sure("took three milks"))
            asked = await voice.answer(sure("no four", "nor for"))
            assert asked is not None and asked.message.answer and there() == 27_000
            assert asked.message.answer.text.startswith("Undo -3 "), "neither half is done before the yes"
            await voice.answer(sure("yes"))
            assert there() == 26_000

    run(scenario())


def test_noise_leaves_an_open_question_and_a_pin_is_typed(tmp_path: Path) -> None:
    async def said(text: str, held: bool = False) -> HeardText:
        async def again() -> SecondReading:
            return SecondReading(own=text)

        return HeardText(text, 0.95, held, again)

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await filled(served)
            voice = VoiceTurns(served.site, lambda: voice_of(BOSS), "en", HearingPlace("ear", "1", "1", "ear"))
            asked = await voice.answer(await said("took twenty five milks"))
            assert asked is not None and asked.message.answer and asked.message.answer.question
            for noise in ("and then the weather for tomorrow", "he said so", "in the morning", "traffic on the ring"):
                assert await voice.answer(await said(noise)) is None, noise
            assert read_stock(served.shop.reader, "milk") == 30_000
            await voice.answer(await said("yes"))
            assert read_stock(served.shop.reader, "milk") == 5_000, "the question was still there"
            for pin in ("four seven one one", "my pin is 4 7 1 1"):
                refused = await voice.answer(await said(pin, held=True))
                assert refused is not None and refused.message.code == "pin_aloud"
                assert "4" not in refused.message.message

    run(scenario())
