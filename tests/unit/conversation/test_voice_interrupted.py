"""Someone speaks while we do: "stop", and answers to what they did not hear to its end."""

from __future__ import annotations

from edge.conversation.voice.voice_line import Reply, VoiceMessage
from tests.shop_fixture import run
from tests.unit.conversation.test_voice_talk import REPLY, PlayedLine, PlayedModels, begun, speech


def test_stop_ends_our_voice_then_listening_and_nothing_that_was_done() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("what is low", "stop", "stop"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("sound")
        await speech(models, line, talk)  # into our second sentence
        await line.until("heard", text="stop")
        await line.until("state", state="listening")
        assert line.asked == ["what is low"] and talk.listening, "it was our voice that they meant"
        assert line.silences == ["stop"], "and what it was about to ask is asked no more"
        line.reply = None
        await speech(models, line, talk)
        await line.until("heard", text="stop")
        await line.until("state", state="off")
        assert line.asked == ["what is low", "stop"] and not talk.listening
        assert models.spoken.count("First sentence.") == 1
        await talk.close()

    run(scenario())


def test_what_was_cut_short_is_told_with_what_is_said_into_it() -> None:
    async def scenario() -> None:
        models, line = PlayedModels("took 30 colas", "yes", "yes"), PlayedLine(REPLY)
        talk = await begun(models, line)
        await speech(models, line, talk)
        await line.until("sound")
        line.reply = Reply(VoiceMessage("answer"), (), "en")
        await speech(models, line, talk)
        await line.until("heard", text="yes")
        await line.until("state", state="listening")
        await speech(models, line, talk)
        await line.until("heard", text="yes")
        await line.until("state", state="listening")
        assert line.cut == [False, True, False]
        await talk.close()

    run(scenario())
