"""`edge models bench voice FOLDER`: measure how well the shop's model distinguishes the voices in its folder."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from edge.app.cli.output import say
from edge.lib.errors import EdgeError
from edge.lib.sound.wav import Sound, read_wav
from edge.ordering.recognition import trials
from edge.ordering.recognition.means import VOICE, Means
from edge.ordering.recognition.trials import OTHER_LEAST, SAME_LEAST, Rows, VoiceTrials
from edge.runtime.config import Config
from models.errors import ModelError
from models.kinds import EmbedVoice, VoiceFound
from models.runtime import Runtime, Settings
from models.runtime.worker_host import Plan

T = TypeVar("T")
WITHIN_S = 300.0
SPEAKERS_MOST, UTTERANCES_MOST = 200, 50
"""Limits of speakers and recordings, because the number of pairs grows with the square and a test would take hours."""


Recordings = list[list[tuple[Path, Sound]]]
"""Recordings by person."""


class BadTrials(EdgeError):
    """The folder or its contents aren't suitable for trials."""


def recordings_in(folder: Path) -> Recordings:
    """Return the files SPEAKER/UTTERANCE.wav in `folder`. Other files are reported and skipped. Raises `BadTrials` if
    there is no folder."""
    if not folder.is_dir():
        raise BadTrials(f"Folder {folder} not found.", "Use one that has a folder for each person.")
    found: Recordings = []
    for person in sorted(one for one in folder.iterdir() if one.is_dir())[:SPEAKERS_MOST]:
        utterances = list[tuple[Path, Sound]]()
        for path in sorted(person.glob("*.wav"))[:UTTERANCES_MOST]:
            if (sound := read_wav(path.read_bytes())) is None:
                say(f"{path}: not a 16-bit mono WAV file. Skipped.")
            else:
                utterances.append((path, sound))
        found.append(utterances)
    return found


def model_runtime(loaded: Config, kind: str, plans: Iterable[Plan]) -> Runtime | None:
    """Runtime with only the shop's models of a kind, the configured one first; None if there is none."""
    wanted = loaded.models.use.get(kind, "")
    able = sorted((plan for plan in plans if plan.kind == kind), key=lambda plan: plan.name != wanted)
    return Runtime([able[0]], [], Settings(memory_mb=able[0].memory_mb), lambda notice: None) if able else None


def keep_trials(loaded: Config, made_by: str, people: Sequence[Sequence[Rows]], what: str, means: Means) -> int:
    """Evaluate the trials, save and print the result. Returns 1 if inconclusive. Raises `ValueError` for too few
    people."""
    found = trials.try_model(made_by, people)
    place = trials.keep(loaded.folder, found, means)
    tell_trials(found, what)
    say(f"Kept in {place}.")
    return 0 if found.is_measured else 1


async def try_voices(loaded: Config, recordings: Recordings, plans: Iterable[Plan]) -> int:
    """Test the voice model with people's recordings, and save and print the result. Returns 1 if there were too few."""
    runtime = model_runtime(loaded, "embed_voice", plans)
    if runtime is None:
        raise BadTrials(
            "There is no voice recognition model.", "Install a model of the kind embed_voice: docs/models.md."
        )
    try:
        made_by, speakers = await _embed_recordings(runtime, recordings)
    finally:
        await runtime.stop()
    try:
        return keep_trials(loaded, made_by, speakers, "utterances", VOICE)
    except ValueError as error:
        raise BadTrials(f"There are too few voices: {error}.", "Record more people, each several times.") from error


async def _embed_recordings(runtime: Runtime, recordings: Recordings) -> tuple[str, list[list[Rows]]]:
    """Return the model's name with its digest, and each person's utterances. Recordings without speech are reported and
    skipped."""
    made_by, speakers = "", list[list[Rows]]()
    for utterances in recordings:
        heard = list[Rows]()
        for path, sound in utterances:
            found = await result_for(path, _voice(runtime, sound))
            if found is not None:
                made_by = found.made_by
                heard.append(trials.rows_of(found.values.shape, found.values.data))
        if heard:
            speakers.append(heard)
    return made_by, speakers


async def _voice(runtime: Runtime, sound: Sound) -> VoiceFound:
    async with runtime.ask(EmbedVoice(sound.rate_hz), WITHIN_S) as reply:
        reply.feed(sound.samples)
        reply.end()
        return await reply


async def result_for(path: Path, reply: Awaitable[T]) -> T | None:
    """Return the model's result for a file. If the model rejects the file, print a message and return None. Raises
    `BadTrials` if the model fails."""
    try:
        return await reply
    except ModelError as error:
        if error.code != "refused":
            raise BadTrials(error.what, error.advice) from error
        say(f"{path}: {error.what} Skipped.")
        return None


def tell_trials(found: VoiceTrials, what: str) -> None:
    """Print a result. `what`: the kind of samples tested, in words."""
    rare = "too few pairs to measure" if found.rejects_rare is None else f"{found.rejects_rare:.1%}"
    say(f"{found.model}: {found.speakers} people, {found.utterances} {what}")
    say(f"pairs of one person {found.same}, of two people {found.other}")
    say(f"equal error rate {found.equal:.1%}")
    say(f"false rejections at 1 % false acceptances: {found.rejects:.1%} (95 %: {found.low:.1%} to {found.high:.1%})")
    say(f"false rejections at 0.1 % false acceptances: {rare}")
    if not found.is_measured:
        say(f"not_measured: {OTHER_LEAST} pairs of two people and {SAME_LEAST} of one are needed. It stays off.")
