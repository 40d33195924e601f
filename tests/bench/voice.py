"""`bench voice`: spoken orders understood by Whisper in a worker, quiet and with noise of a room 12 dB below them.

English by recordings of people who order drinks, all that was ordered heard; French and Hebrew by espeak-ng's voices,
which say what staff write in the dialogues beside the project: verb, amount and name as they were meant. Better voices
are brought as files (`--spoken`): fr.json lists `{"file": "1.wav", "said": "..."}`. Half of each is looked at while
something is changed (`--half 0`); the other half (`--half 1`) says what it is worth.

English is also heard as a shop hears it: by PocketSphinx held to the shop's words (`held_en_…`), and by Whisper, which
weighs that against its own readings (`both_en_…`). Then Whisper answers in a conversation fed as fast as a microphone
does, and speech interrupts that answer.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge.conversation.understanding.certainty import certainty
from edge.conversation.understanding.sentence import understand
from edge.conversation.understanding.speech_input import SURE, agree, expected_phrases, spellings
from edge.goods.search.spoken import as_said, order_words
from models.kinds import Listen
from models.manifest import entries
from models.manifest.availability import find
from models.registry import ENGINES
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan
from models.speech.whisper_guesses import words_of
from tests.bench.assistant_till import till_beside
from tests.bench.assistant_voice import BenchModels, answer_time, in_noise, interrupt_time
from tests.bench.measure import percentile, result
from tests.speech import (
    DATA,
    heard_in_full,
    order_phrases,
    orders,
    pocketsphinx_folder,
    recording,
    said_by_espeak,
)

ANSWER_S = 120.0
CONVERSATIONS = 8
"""How many orders are spoken as fast as people speak."""
LANGUAGES = ("en", "fr", "he")
SHARED = DATA.parent / "dialogues"
VOICES = {"fr": ("fr-fr", "fr-be+f3"), "he": ("he", "he+f3")}
NUMBERS = {"8": "eight", "12": "twelve", "16": "sixteen", "20": "twenty"}


class Case(NamedTuple):
    """A sound, and what was said in it: words that must be heard, or the whole sentence."""

    language: str
    rate_hz: int
    sound: bytes
    slots: tuple[str, ...] = ()
    said: str = ""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench voice")
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--count", type=int, default=20, help="of each language")
    parser.add_argument("--languages", nargs="*", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--spoken", type=Path, help="a folder with sentences in better voices")
    parser.add_argument("--scans", type=int, default=0, help="at a till beside it while recordings are recognised")
    parser.add_argument("--folder", type=Path, default=Path("models"), help="where the shop keeps its models")
    return asyncio.run(_bench(parser.parse_args(argv)))


async def _bench(args: argparse.Namespace) -> int:
    plan, noticing = (find(entries()[name], args.folder, threads=1) for name in (args.model, "silero-vad"))
    for one in (plan, noticing):
        if not isinstance(one, Plan):
            print(f"not measured: {one.what} {one.advice}")
            return 1
    assert isinstance(plan, Plan) and isinstance(noticing, Plan)
    speaking = Plan("voice", "tts", ENGINES["tts", "espeak"], 40, languages=("en",))
    runtime = Runtime([plan, noticing, speaking], [], Settings(memory_mb=4_000), lambda _: None)
    figures: dict[str, float] = {}
    seconds = spent = 0.0
    times: list[float] = []
    wrong = 0
    try:
        for language in args.languages:
            phrases = _phrases(language)
            for name, noisy in (("quiet", False), ("12db", True)):
                right = asked = total = 0
                for number, case in enumerate(_cases(language, args.half, args.count, args.spoken)):
                    sound = in_noise(case.sound, number) if noisy else case.sound
                    began_s = time.perf_counter()
                    async with runtime.ask(Listen(language, case.rate_hz, phrases), ANSWER_S) as reply:
                        reply.feed(sound)
                        reply.end()
                        heard = await reply
                    if total:  # the first one warms up
                        times.append(time.perf_counter() - began_s)
                        seconds, spent = seconds + len(sound) / 2 / case.rate_hz, spent + times[-1]
                    text = " ".join(heard.text.split())
                    sure = (
                        certainty(text, [(word.text, word.confidence) for word in heard.words], language).least >= SURE
                    )
                    good = _is_right(case, text)
                    total += 1
                    right += good
                    asked += not sure and not good
                    wrong += sure and not good and not case.slots and _moves(text, language)
                    if not good:
                        print(f"{language} {name}: {case.said or case.slots} | {text} | {'sure' if sure else 'asks'}")
                if total:
                    print(f"{language} {name}: {right} of {total} right, {asked} asked", flush=True)
                    figures[f"right_{language}_{name}"] = right / total
                    figures[f"asked_{language}_{name}"] = asked / total
        if "en" in args.languages:
            figures |= await _in_conversation(runtime, args.half, args.count)
            figures |= await _held(runtime, args.half, args.count)
    finally:
        await runtime.stop()
    if args.scans:
        figures |= await till_beside(args.scans, "fr")
    if times:
        figures |= {"wrong": wrong, "rtf": spent / seconds, "p95_ms": percentile(times, 0.95) * 1_000}
    result(**figures)
    return 0


async def _in_conversation(runtime: Runtime, half: int, count: int) -> dict[str, float]:
    """From the end of an order to the first sound of the answer, and from a word to the end of our speech."""
    models = BenchModels(runtime, order_phrases())
    sounds = [case.sound for case in _cases("en", half, min(count, CONVERSATIONS))]
    answered = [took for sound in sounds if (took := (await answer_time(models, sound))[1])]
    stopped = [await interrupt_time(models, sound) for sound in sounds]
    return {"answer_p95_ms": percentile(answered, 0.95), "barge_in_p95_ms": percentile(stopped, 0.95)}


async def _held(whisper: Runtime, half: int, count: int) -> dict[str, float]:
    """Whole orders heard by PocketSphinx, held to the shop's words, and by Whisper that weighs what it heard."""
    plan = Plan("orders", "stt", ENGINES["stt", "pocketsphinx"], 150, {}, str(pocketsphinx_folder()), (), ("en",))
    runtime = Runtime([plan], [], Settings(memory_mb=1_000), lambda _: None)
    right = dict.fromkeys(("held_en_quiet", "both_en_quiet", "held_en_12db", "both_en_12db"), 0.0)
    cases = list(_cases("en", half, count))
    try:
        for number, case in enumerate(cases):
            for name, sound in (("quiet", case.sound), ("12db", in_noise(case.sound, number))):
                guesses: tuple[str, ...] = ()
                for way, models in (("held", runtime), ("both", whisper)):
                    request = Listen("en", case.rate_hz, order_phrases(), guesses)
                    async with models.ask(request, ANSWER_S) as reply:
                        reply.feed(sound)
                        reply.end()
                        text = " ".join((await reply).text.split())
                    right[f"{way}_en_{name}"] += _is_right(case, text) / len(cases)
                    guesses = spellings(text, "en")
    finally:
        await runtime.stop()
    return right


def _moves(text: str, language: str) -> bool:
    """Whether a sentence changes stock at once; the shop asks for a product or an amount that is missing."""
    said = understand(text, language)
    return said.kind == "act" and any(one.verb and one.text and one.amount is not None for one in said.clauses)


def _is_right(case: Case, text: str) -> bool:
    if case.slots:
        plain = " ".join(NUMBERS.get(word, word) for word in words_of(text))
        return heard_in_full(plain, case.slots) == len(case.slots)
    return understand(text, case.language).kind == "act" and agree(text, case.said, case.language)


def _cases(language: str, half: int, count: int, spoken: Path | None = None) -> Iterator[Case]:
    if language == "en":
        for name, slots in list(orders().items())[half::2][:count]:
            yield Case("en", 16_000, recording(name), slots)
        return
    if spoken is not None:
        for one in json.loads((spoken / f"{language}.json").read_text(encoding="utf-8"))[half::2][:count]:
            with wave.open(str(spoken / one["file"])) as file:
                yield Case(language, file.getframerate(), file.readframes(file.getnframes()), said=one["said"])
        return
    dialogues = json.loads((SHARED / f"{language}.json").read_text(encoding="utf-8"))
    said = [one["turns"][0] for one in dialogues if understand(one["turns"][0], language).kind == "act"]
    for number, sentence in enumerate(said[half::2][:count]):
        voice = VOICES[language][number % 2]
        yield Case(language, 22_050, said_by_espeak(sentence, voice, 150), said=sentence)


def _phrases(language: str) -> tuple[str, ...]:
    """What a shop of these dialogues would listen for."""
    if language == "en":
        return order_phrases()
    with (SHARED / "catalogue.tsv").open(encoding="utf-8") as file:
        names = [row.get(language) or row.get(f"name_{language}") or "" for row in csv.DictReader(file, delimiter="\t")]
    said = (as_said(name) for name in names)
    return tuple(dict.fromkeys((*expected_phrases(language, ()), *order_words(language), *filter(None, said))))
