"""`edge models bench face FOLDER`: measure how well the shop's model distinguishes the faces in its folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from edge.app.cli.output import say
from edge.app.cli.voice_trials import (
    SPEAKERS_MOST,
    UTTERANCES_MOST,
    WITHIN_S,
    BadTrials,
    keep_trials,
    model_runtime,
    result_for,
)
from edge.ordering.recognition import trials
from edge.ordering.recognition.means import FACE
from edge.ordering.recognition.trials import Rows
from edge.runtime.config import Config
from models.kinds import EmbedFace, FaceFound, Picture
from models.runtime import Runtime
from models.runtime.worker_host import Plan
from models.tensor import Tensor

PICTURE_BYTES = 20 * 1024 * 1024
ENDINGS = {".jpg", ".jpeg", ".png"}


def pictures_in(folder: Path) -> list[list[Path]]:
    """Return the files PERSON/PICTURE.jpg in `folder`, by person. Raises `BadTrials` if there is no folder."""
    if not folder.is_dir():
        raise BadTrials(f"Folder {folder} not found.", "Use one that has a folder for each person.")
    people = sorted(one for one in folder.iterdir() if one.is_dir())[:SPEAKERS_MOST]
    return [
        sorted(one for one in person.iterdir() if one.suffix.lower() in ENDINGS)[:UTTERANCES_MOST] for person in people
    ]


async def try_faces(loaded: Config, pictures: list[list[Path]], plans: Iterable[Plan]) -> int:
    """Test the face model with people's pictures, and save and print the result. Returns 1 if there were too few."""
    runtime = model_runtime(loaded, "embed_face", plans)
    if runtime is None:
        raise BadTrials(
            "There is no face recognition model.", "Install a model of the kind embed_face: docs/models.md."
        )
    try:
        made_by, people = await _looked_at(runtime, pictures)
    finally:
        await runtime.stop()
    try:
        return keep_trials(loaded, made_by, people, "pictures", FACE)
    except ValueError as error:
        raise BadTrials(
            f"There are too few faces: {error}.", "Take pictures of more people, several of each."
        ) from error


async def _looked_at(runtime: Runtime, pictures: list[list[Path]]) -> tuple[str, list[list[Rows]]]:
    """Return the model's name with its digest, and each person's face embeddings. Pictures without exactly one face are
    reported and skipped."""
    made_by, people = "", list[list[Rows]]()
    for one in pictures:
        seen = list[Rows]()
        for path in one:
            found = await result_for(path, _face(runtime, path))
            if found is not None and found.faces == 1:
                made_by = found.made_by
                seen.append(trials.rows_of(found.values.shape, found.values.data))
            elif found is not None:
                say(f"{path}: {found.faces} faces. Skipped.")
        if seen:
            people.append(seen)
    return made_by, people


async def _face(runtime: Runtime, path: Path) -> FaceFound:
    data = (await asyncio.to_thread(path.read_bytes))[:PICTURE_BYTES]
    async with runtime.ask(EmbedFace(Picture(Tensor(data, (len(data),)), "file")), WITHIN_S) as reply:
        return await reply
