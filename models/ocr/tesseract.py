"""Read pages with the program Tesseract: for Hebrew and other languages of its Debian packages."""

from __future__ import annotations

import csv
import io
import os
import subprocess
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from models.engine import Model, Turn
from models.errors import Refused, Unusable
from models.kinds import Line, Nothing, Read, ReadLines
from models.ocr.lines import in_reading_order
from models.ocr.pages import DPI, page_of

if TYPE_CHECKING:
    import numpy as np

PROGRAM = "tesseract"
CODES = {"he": "heb", "en": "eng", "fr": "fra", "ar": "ara", "de": "deu", "es": "spa", "it": "ita", "ru": "rus"}
"""Tesseract's names of languages."""
_LOOK_S = 0.05
_LIST_S = 20.0
_WORD = "5"
_LEAST_PX = 8


class OcrTesseract:
    """Text recognition by Tesseract, in the model's languages.

    Their data come from Debian's packages, or from the model's *.traineddata files.
    """

    LIBRARY: ClassVar[str] = ""
    PARALLEL: ClassVar[int] = 1

    class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        beside: Annotated[tuple[str, ...], msgspec.Meta(description="languages mixed in with the others")] = ("en",)
        least_score: Annotated[
            float, msgspec.Meta(ge=0, le=1, description="words below this confidence are dropped")
        ] = 0.2
        layout: Annotated[
            int, msgspec.Meta(ge=3, le=13, description="page segmentation mode: 3 is automatic, 6 is a single block")
        ] = 3

    def __init__(self, config: Config, model: Model) -> None:
        self._config = config
        self._model = model

    def load(self) -> None:
        files = [file for file in self._model.files if file.suffix == ".traineddata"]
        self._folder = ["--tessdata-dir", str(files[0].parent)] if files else []
        self._here = self._languages()
        for language in self._model.languages:
            if CODES.get(language, language) not in self._here:
                code = CODES.get(language, language)
                advice = f"Install it: apt-get install tesseract-ocr-{code}"
                raise Unusable(f"Tesseract has no data for the language {language}.", advice)

    def _languages(self) -> frozenset[str]:
        try:
            done = subprocess.run(
                [PROGRAM, *self._folder, "--list-langs"], capture_output=True, timeout=_LIST_S, check=True
            )
        except FileNotFoundError as error:
            raise Unusable("Tesseract isn't installed.", "Install it: apt-get install tesseract-ocr") from error
        except (subprocess.SubprocessError, OSError) as error:
            raise Unusable(f"Tesseract doesn't run ({error}).", "Reinstall it: tesseract-ocr") from error
        return frozenset(done.stdout.decode("utf-8", "replace").split("\n")[1:]) - {""}

    def run(self, request: Read, turn: Turn[Nothing]) -> ReadLines:
        page = page_of(request.picture, request.page)
        turn.step()
        height, width = page.pixels.shape[:2]
        if min(height, width) < _LEAST_PX:
            return ReadLines((), width, height, page.pages)
        table = self._run_tesseract(page.pixels, self._language_codes(request.language), turn)
        lines = lines_of(table, self._config.least_score)
        return ReadLines(in_reading_order(lines, request.language), width, height, page.pages)

    def close(self) -> None:
        pass

    def _language_codes(self, language: str) -> str:
        """A request's languages in Tesseract's notation. Raises Refused."""
        codes = [CODES.get(one, one) for one in (language or next(iter(self._model.languages), "en"),)]
        if codes[0] not in self._here:
            raise Refused(f"This model doesn't support the language {language}.", "Use another model.")
        codes += [CODES.get(one, one) for one in self._config.beside]
        return "+".join(dict.fromkeys(code for code in codes if code in self._here))

    def _run_tesseract(self, pixels: np.ndarray[Any, Any], languages: str, turn: Turn[Nothing]) -> str:
        """Run Tesseract and return its table of words. The process is killed if the request ends early."""
        import cv2

        command = [PROGRAM, *self._folder, "stdin", "stdout", "-l", languages, "--dpi", str(DPI)]
        with (
            os.fdopen(os.memfd_create("page"), "w+b") as page,
            subprocess.Popen(
                [*command, "--psm", str(self._config.layout), "tsv"],
                stdin=_write_and_rewind(page, cv2.imencode(".ppm", pixels)[1]),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "OMP_THREAD_LIMIT": str(turn.threads)},
            ) as process,
        ):
            table, said = _outcome(process, turn)
        if process.returncode:
            why = said.decode("utf-8", "replace").strip()[-300:] or f"status {process.returncode}"
            raise Refused(f"Tesseract couldn't read the page ({why}).", "Send a clearer picture.")
        return table.decode("utf-8", "replace")


def _write_and_rewind(file: IO[bytes], data: Any) -> IO[bytes]:
    """Write data to a file and rewind it for reading."""
    file.write(data)
    file.seek(0)
    return file


def _outcome(process: subprocess.Popen[bytes], turn: Turn[Nothing]) -> tuple[bytes, bytes]:
    """Return the program's output and errors, letting other requests run meanwhile.

    The process is killed if the request ends early.
    """
    try:
        while True:
            try:
                return process.communicate(timeout=_LOOK_S)
            except subprocess.TimeoutExpired:
                turn.step()
    finally:
        process.kill()


def lines_of(table: str, least_score: float) -> Iterator[Line]:
    """The lines of a word table (tesseract(1), TSV), with the mean confidence of their words."""
    words: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _WORD and row["text"].strip() and float(row["conf"]) >= least_score * 100:
            words.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row)
    for line in words.values():
        left, top = min(int(word["left"]) for word in line), min(int(word["top"]) for word in line)
        right = max(int(word["left"]) + int(word["width"]) for word in line)
        bottom = max(int(word["top"]) + int(word["height"]) for word in line)
        score = sum(float(word["conf"]) for word in line) / len(line) / 100
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        yield Line(" ".join(word["text"].strip() for word in line), max(0.0, min(score, 1.0)), corners)
