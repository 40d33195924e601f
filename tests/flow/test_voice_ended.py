"""What somebody ended, by a "no" or a "stop", is not done by what they say later."""

from __future__ import annotations

from pathlib import Path

from edge.shop.assistant.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.shop.assistant.voice_line import HeardText
from edge.shop.stock.queries import read_stock
from tests.browser.serving import serve
from tests.chatting import BOSS
from tests.flow.test_chat_http import filled
from tests.shop_fixture import run


def test_what_somebody_ended_takes_no_yes(tmp_path: Path) -> None:
    """A "no" that cuts a question short, a "stop" to what was hardly heard, and one into our voice."""

    async def said(text: str, sure: float = 1.0, cut: bool = False) -> HeardText:
        async def again() -> str:
            return text

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
            ended = await voice.silenced(await said("stop", sure=0.4))
            assert ended is not None and ended.message.answer and not ended.message.answer.question
            await voice.answer(await said("took three milks", sure=0.4))
            assert await voice.silenced(await said("stop")) is None
            await voice.answer(await said("yes"))
            assert untouched(), "a stop into our voice ends what it asked"

    run(scenario())
