"""`edge train understanding`: train the assistant's second reader, and say how right it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.cli.output import say
from edge.lib.errors import EdgeError
from edge.shop.turn_reading.second_reader.tagger_training import (
    TaggerFigures,
    sayings_apart,
    tagger_figures,
    train_tagger,
)
from edge.shop.understanding.tokens import all_tokens

OUT = Path(__file__).parents[2] / "models" / "tag" / "understanding.npz"


class BadTraining(EdgeError):
    """What it is to be trained on, or where the result is to go, is not as it should be."""


def understanding(args: argparse.Namespace) -> int:
    """Train, tell the figures, write the file; BadTraining, of texts that cannot be read.

    Whoever ships it puts its checksum into models/manifest.toml.
    """
    from models.manifest.availability import sha256_of
    from models.tag.weights import pack_weights

    if min(args.networks, args.rounds) < 1:
        raise BadTraining("There must be one network and one round at least.")

    first, held = sayings_apart(all_tokens(text) for text in _texts(args.apart))
    say(f"{len(first)} sentences to train on, {len(held)} to measure by")
    if args.measure:
        for line in told_figures(tagger_figures(train_tagger(first, args.rounds, 1, args.seed, say), held)):
            say(line)
    say("All of them together:")
    content = pack_weights(train_tagger([*first, *held], args.rounds, args.networks, args.seed, say))
    out = args.out or OUT
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadTraining(f"{out} can't be written: {error.strerror}.") from error
    say(f"{out}: {len(content)} bytes, SHA-256 {sha256_of(out)}")
    return 0


def told_figures(figures: dict[str, TaggerFigures]) -> Iterator[str]:
    """A line a language, and one a slot."""
    for language, one in figures.items():
        said = f"intent {one.intent:.3f}, effect {one.effect:.3f}, slots F1 {one.slots['all'].f1:.3f}"
        yield f"{language}: {one.sentences} sentences, {said}"
        for slot, found in one.slots.items():
            yield f"    {slot:12} precision {found.precision:.3f}  recall {found.recall:.3f}  F1 {found.f1:.3f}"


def _texts(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        try:
            yield from file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadTraining(f"{file} can't be read: {error}.") from error
