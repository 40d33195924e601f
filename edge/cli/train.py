"""`edge train understanding`: train the assistant's second reader, and say how right it is."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.app import demo_catalog
from edge.cli.output import say
from edge.lib.errors import EdgeError
from edge.shop.turn_reading.second_reader.tagger_training import (
    HELD_SHARE,
    TaggerFigures,
    sayings_apart,
    tagger_figures,
    train_tagger,
)
from edge.shop.understanding.tokens import all_tokens
from edge.shop.understanding.understood import LANGUAGES

OUT = Path(__file__).parents[2] / "models" / "tag" / "understanding.npz"


class BadTraining(EdgeError):
    """What it is to be trained on, or where the result is to go, is not as it should be."""


def understanding(args: argparse.Namespace) -> int:
    """Train, tell the figures, write the file; BadTraining, of names or texts that cannot be read.

    Whoever ships it puts its checksum into models/manifest.toml.
    """
    from models.manifest.availability import sha256_of
    from models.tag.weights import pack_weights

    if min(args.sayings, args.rounds) < 1:
        raise BadTraining("There must be one sentence and one round at least.")

    names = _names(args.names)
    measured = [all_tokens(text) for text in _texts(args.apart)]
    first = sayings_apart(names, args.sayings, args.seed, measured)
    held = sayings_apart(names, args.sayings // HELD_SHARE, args.seed + 1, measured, held=True)
    say(f"{len(first)} sentences to train on, {len(held)} of other frames to measure by")
    weights = train_tagger(first, args.rounds, args.seed, say)
    for line in told_figures(tagger_figures(weights, held)):
        say(line)
    say("All frames together:")
    content = pack_weights(train_tagger([*first, *held], args.rounds, args.seed, say))
    out = args.out or OUT
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadTraining(f"{out} cannot be written: {error.strerror}.") from error
    say(f"{out}: {len(content)} bytes, SHA-256 {sha256_of(out)}")
    return 0


def told_figures(figures: dict[str, TaggerFigures]) -> Iterator[str]:
    """A line a language, and one a slot."""
    for language, one in figures.items():
        say_all = one.slots["all"]
        yield f"{language}: {one.sentences} sentences, intent {one.intent:.3f}, slots F1 {say_all.f1:.3f}"
        for slot, found in one.slots.items():
            yield f"    {slot:12} precision {found.precision:.3f}  recall {found.recall:.3f}  F1 {found.f1:.3f}"


def _names(file: Path | None) -> dict[str, list[str]]:
    """What goods are called: the demo's, or those of a file with a column for each language."""
    if file is None:
        return {one: [(product.names or {})[one] for product in demo_catalog.products()] for one in LANGUAGES}
    try:
        with file.open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTraining(f"{file} cannot be read: {error}.") from error
    names = {one: [row[one] for row in rows if row.get(one)] for one in LANGUAGES}
    if lacking := [one for one, found in names.items() if not found]:
        raise BadTraining(f"{file} has no names in {', '.join(lacking)}: a column en, fr and he each, parted by tabs.")
    return names


def _texts(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        try:
            yield from file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadTraining(f"{file} cannot be read: {error}.") from error
