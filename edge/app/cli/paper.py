"""`edge paper show`: render a file of printer bytes as text and picture."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image

from edge.app.cli.output import say
from edge.lib import printer_profiles as profiles
from edge.lib.errors import ConfigError
from sim.printer.codepages import EPSON
from sim.printer.ops import PAPER_DOTS
from sim.printer.reading import Papers, read_papers

FILE_LIMIT = 64 * 1024 * 1024
GAP_DOTS = 24
_DESK_RGB = (120, 124, 130)


def show(args: argparse.Namespace) -> int:
    """Print the text; with -o, write the picture to a file. Returns 1 if some bytes weren't recognised."""
    papers = _read(Path(args.file), args.profile)
    for number, drawing in enumerate(papers.drawings, 1):
        if number > 1:
            say("- - - cut - - -")
        say(drawing.text, end="")
        if not drawing.clear_of_knife:
            say("(cut before the last line had passed the cutter)")
    if papers.kicks:
        say(f"(pulses to the drawer: {papers.kicks})")
    for name in papers.unknown:
        say(f"(not recognised: {name})")
    if args.output:
        _save([drawing.png for drawing in papers.drawings], Path(args.output))
    return 1 if papers.unknown else 0


def _read(file: Path, profile: str | None) -> Papers:
    try:
        with file.open("rb") as source:
            data = source.read(FILE_LIMIT + 1)
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.") from error
    if len(data) > FILE_LIMIT:
        raise ConfigError(f"{file} is larger than {FILE_LIMIT // 2**20} MiB, so it isn't a print job.")
    if profile is None:
        return read_papers(data, EPSON, PAPER_DOTS)
    if profile not in profiles.names():
        raise ConfigError(f"Profile {profile!r} not found.", f"Available: {', '.join(profiles.names())}.")
    known = profiles.find(profile)
    return read_papers(data, {number: name.lower() for name, number in known.pages.items()}, known.dots)


def _save(pictures: list[bytes], output: Path) -> None:
    """Save all pages in one image, from top to bottom."""
    if not pictures:
        raise ConfigError("Nothing would be printed, so there is no image to write.")
    images = [Image.open(io.BytesIO(picture)) for picture in pictures]
    page: Image.Image = images[0]
    if len(images) > 1:
        height = sum(image.height for image in images) + GAP_DOTS * (len(images) - 1)
        page = Image.new("RGB", (max(image.width for image in images), height), _DESK_RGB)
        y = 0
        for image in images:
            page.paste(image.convert("RGB"), (0, y))
            y += image.height + GAP_DOTS
    try:
        page.save(output, "PNG")
    except OSError as error:
        raise ConfigError(f"{output} can't be written: {error.strerror or error}.") from error
