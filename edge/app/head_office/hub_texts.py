"""Reads and writes translation files at head office, and validates translations, like its shops."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from edge.core.messages import Refusal
from edge.goods.translation.checks import HARD, findings
from edge.goods.translation.exchange import FORMATS, TextFile, TextLine, read, write
from edge.lib.i18n import LANGUAGES
from sync.hub.text_files import ExchangedText, TextExchange


def _write(format: str, source_language: str, language: str, lines: Sequence[ExchangedText]) -> bytes:
    found = next(one for one in FORMATS if one == format)
    return write(found, TextFile(source_language, language, tuple(TextLine(*line) for line in lines)))


def _read(body: bytes, source_language: str, language: str) -> list[ExchangedText]:
    try:
        file = read(body, source_language, language)
    except Refusal as refusal:
        raise ValueError(str(refusal.refused.values.get("why", refusal.refused.code))) from refusal
    pair = tuple(code.split("-")[0].lower() for code in (file.source_language, file.language))
    if pair != (source_language, language):
        raise ValueError(f"it translates from {pair[0]} to {pair[1]}, not from {source_language} to {language}")
    return [ExchangedText(line.id, line.source, line.text, line.fuzzy) for line in file.lines]


def _refusals(source: str, text: str, language: str, keep: Collection[str]) -> list[str]:
    return [one for one in findings(source, text, language, keep) if one in HARD]


EXCHANGE = TextExchange(
    tuple(LANGUAGES), {name: ending for name, (ending, _) in FORMATS.items()}, _write, _read, _refusals
)
