"""OCR of a picture by Tesseract, a separate program from Debian's packages.

Only `paper_reader` calls it, in its own process and within its limits.
"""

from __future__ import annotations

import csv
import io
import math
import os
import subprocess
from statistics import median
from typing import IO, Any, NamedTuple

from edge.lib.printed_invoice import Box, PlacedWord
from edge.lib.printed_invoice.amounts import decimal_of
from edge.lib.printed_invoice.words import DOUBTFUL

PROGRAM = "tesseract"
LATIN = ("eng", "fra")
HEBREW = "heb"
DPI = 200
WAIT_S = 200
LEAST_SURE = 0.3
"""Minimum confidence of a word; anything below is a speck or an edge and is ignored."""
_POOR = 0.7
"""Mean confidence of words without digits below which the page is read again as Hebrew."""
_FIGURES = "0123456789.,-()"
_NUMBERS_MOST = 400
"""Maximum numbers per page to read twice; the others are marked as doubtful."""
_STRIP_EDGE = 40
"""White margin, in pixels, around a number that is read separately."""
_WORD = "5"
LAYOUT = "6"
"""Tesseract's page segmentation mode: a single block, so that an isolated total at the edge isn't mistaken for a
picture.
"""
_LEVEL = 0.004
_LONG_LINE = 4
"""Minimum words in a line for measuring the page's slant."""


class _Word(NamedTuple):
    """A word in Tesseract's output: its centre and size in pixels, and its line."""

    text: str
    sure: float
    line: str
    x: float
    y: float
    width: int
    height: int


class NoOcr(Exception):
    """No OCR program is installed."""


def words_of_picture(picture: Any, page: int) -> tuple[list[PlacedWord], Any]:
    """The words of a picture (a grey Pillow image), and the picture that their positions refer to, rotated if its rows
    were slanted. Raises `NoOcr` if Tesseract isn't installed or doesn't run.
    """
    here = _languages()
    latin = [one for one in LATIN if one in here]
    if not latin:
        raise NoOcr
    words = _words(_table(picture, "+".join(latin)))
    if HEBREW in here and _mean([one for one in words if not any(map(str.isdigit, one.text))]) < _POOR:
        hebrew = _words(_table(picture, f"{HEBREW}+{latin[0]}"))
        if _worth(hebrew) > _worth(words):
            words = _read_twice(picture, hebrew, latin[0])
    slope = _slope(words)
    if abs(slope) > _LEVEL:
        picture = picture.rotate(math.degrees(math.atan(slope)), fillcolor="white")
    level = slope if abs(slope) > _LEVEL else 0.0
    return [_place_word(word, picture.size, page, level) for word in words], picture


def _worth(words: list[_Word]) -> float:
    return sum(len(one.text) * one.sure for one in words)


def _read_twice(picture: Any, words: list[_Word], language: str) -> list[_Word]:
    """Read each number of a Hebrew page again, alone and with a recogniser limited to digits.

    Letters and currency signs next to it may have been misread as digits.

    A number that differs or isn't read is marked as doubtful, and the second reading is proposed.
    """
    numbers = [at for at, one in enumerate(words) if decimal_of(one.text) is not None]
    again = _alone(picture, [words[at] for at in numbers[:_NUMBERS_MOST]], language)
    found = list(words)
    for place, at in enumerate(numbers):
        first, second = words[at], again.get(place, "")
        if decimal_of(first.text) != decimal_of(second):
            text = first.text if decimal_of(second) is None else second
            found[at] = first._replace(text=text, sure=min(first.sure, DOUBTFUL))
    return found


def _alone(picture: Any, words: list[_Word], language: str) -> dict[int, str]:
    """Digits read at the positions of these words, by their index.

    The words are stacked on white, so that one OCR run is enough.
    """
    from PIL import Image

    if not words:
        return {}
    pitch = 3 * max(one.height for one in words)
    width = max(one.width for one in words) + 2 * _STRIP_EDGE
    strip = Image.new("L", (width, pitch * len(words)), "white")
    for at, one in enumerate(words):
        slack = one.height // 5
        left, top = round(one.x - one.width / 2) - slack, round(one.y - one.height / 2) - slack
        part = picture.crop((left, top, left + one.width + 2 * slack, top + one.height + 2 * slack))
        strip.paste(part, (_STRIP_EDGE - slack, at * pitch + (pitch - part.height) // 2))
    found: dict[int, str] = {}
    for one in sorted(_words(_table(strip, language, _FIGURES)), key=lambda word: word.x):
        place = int(one.y // pitch)
        found[place] = found.get(place, "") + one.text
    return found


def _slope(words: list[_Word]) -> float:
    """The mean slope of text rows from left to right."""
    lines: dict[str, list[_Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    ends = [(line[0], line[-1]) for line in lines.values() if len(line) >= _LONG_LINE]
    falls = [(last.y - first.y) / (last.x - first.x) for first, last in ends if last.x > first.x]
    return median(falls) if falls else 0.0


def _place_word(word: _Word, size: tuple[int, int], page: int, slope: float) -> PlacedWord:
    """The position of a word after the picture is rotated about its centre."""
    across, down = word.x - size[0] / 2, word.y - size[1] / 2
    turn = math.atan(slope)
    x = across * math.cos(turn) + down * math.sin(turn) + size[0] / 2
    y = down * math.cos(turn) - across * math.sin(turn) + size[1] / 2
    left, right = x - word.width / 2, x + word.width / 2
    top, bottom = y - word.height / 2, y + word.height / 2
    edges = (left / size[0], top / size[1], right / size[0], bottom / size[1])
    return PlacedWord(word.text, Box(page, *(round(edge * 1000) for edge in edges)), word.sure)


def _languages() -> frozenset[str]:
    try:
        done = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, timeout=WAIT_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoOcr from error
    return frozenset(done.stdout.decode("utf-8", "replace").split())


def _mean(words: list[_Word]) -> float:
    return sum(one.sure for one in words) / len(words) if words else 0.0


def _table(picture: Any, languages: str, letters: str = "") -> str:
    """Tesseract's table of words (tesseract(1), TSV); `letters`: the allowed characters, "": any."""
    command = [PROGRAM, "stdin", "stdout", "-l", languages, "--dpi", str(DPI), "--psm", LAYOUT]
    # Sauvola's threshold adapts to the surroundings, because photos are brighter on one side
    command += ["-c", "thresholding_method=2"]
    command += ["-c", f"tessedit_char_whitelist={letters}"] if letters else []
    command += ["tsv"]
    with os.fdopen(os.memfd_create("page"), "w+b") as page:
        picture.save(page, "PPM")
        page.seek(0)
        return _run_tesseract(command, page)


def _run_tesseract(command: list[str], page: IO[bytes]) -> str:
    env = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, stdin=page, capture_output=True, timeout=WAIT_S, check=True, env=env)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoOcr from error
    return done.stdout.decode("utf-8", "replace")


def _words(table: str) -> list[_Word]:
    words = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        sure = float(row["conf"] or -1) / 100
        if row["level"] != _WORD or not row["text"].strip() or sure < LEAST_SURE:
            continue
        left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        line = "/".join(row[name] for name in ("block_num", "par_num", "line_num"))
        words.append(_Word(row["text"].strip(), sure, line, left + width / 2, top + height / 2, width, height))
    return words
