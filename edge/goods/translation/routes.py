"""Export and import of texts to translate over HTTP. Imported texts wait for approval."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done, Refusal
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.translation.commands import MANY, ProposedText, ProposeTranslations
from edge.goods.translation.entities import TERMS
from edge.goods.translation.exchange import FILE_BYTES, FORMATS, FileFormat, TextFile, TextLine, read, write
from edge.goods.translation.queries import PAGE_LIMIT, read_terms, translation_texts
from edge.goods.translation.rules import BroughtText
from edge.lib.i18n import LANGUAGES
from edge.web.actors import actor_of
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.work_threads import HEAVY

TOLD = 100
"""Maximum texts listed in the response; the others are counted."""
STATES = ("", "missing", "proposed", "outdated", "refused", "accepted", "given")


class BroughtFile(msgspec.Struct, frozen=True):
    """The result of an import: the number of texts by outcome, and rejected texts, at most 100."""

    language: str
    counts: dict[str, int]
    left: tuple[BroughtText, ...]


def _languages(request: web.Request) -> tuple[str, str]:
    pair = (request.query.get("source_language", ""), request.query.get("language", ""))
    for name, code in zip(("source_language", "language"), pair, strict=True):
        if code not in LANGUAGES:
            raise Problem(400, "argument_wrong", name=name, why=", ".join(LANGUAGES))
    return pair


async def send(request: web.Request) -> web.Response:
    """`GET translation-file?source_language=&language=&format=&state=`: the texts as a file for translators."""
    source_language, language = _languages(request)
    format, state = request.query.get("format", "xliff"), request.query.get("state", "")
    if format not in FORMATS:
        raise Problem(400, "argument_wrong", name="format", why=", ".join(FORMATS))
    if state not in STATES:
        raise Problem(400, "argument_wrong", name="state", why=", ".join(STATES))
    asked = partial(_lines, source_language=source_language, language=language, state=state)
    lines = await request.app[SITE].asker.read(asked)
    ending, _ = FORMATS[format]
    file = TextFile(source_language, language, lines)
    body = await request.app[SITE].services.of(HEAVY).do(write, format, file)
    headers = {"Content-Disposition": f'attachment; filename="texts-{language}.{ending}"'}
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


def _lines(db: Connection, source_language: str, language: str, state: Any) -> tuple[TextLine, ...]:
    found: list[TextLine] = []
    after = ""
    while True:
        rows = translation_texts(db, source_language, language, state, after=after)
        for row in rows:
            waits = row.state == "proposed"
            found.append(TextLine(row.key, row.source, row.text if waits else row.now, fuzzy=waits))
        if len(rows) < PAGE_LIMIT:
            return tuple(found)
        after = rows[-1].key


async def bring(request: web.Request) -> web.Response:
    """`POST translation-file?source_language=&language=`: import a file of translations.

    Answers 422 if it can't be read or has other languages.

    Texts before a refused one are already proposed; sending them again has no effect.
    """
    wanted = _languages(request)
    body = await body_within(request, FILE_BYTES)
    try:
        file = await request.app[SITE].services.of(HEAVY).do(read, body, *wanted)
    except Refusal as refusal:
        return answer_outcome(refusal.refused, texts_of(request))
    if tuple(code.split("-")[0].lower() for code in (file.source_language, file.language)) != wanted:
        raise Problem(422, "translation_other_language", found=file.language[:20])
    brought: list[BroughtText] = []
    texts = [ProposedText(line.id, line.source, line.text) for line in file.lines if line.text.strip()]
    for at in range(0, len(texts), MANY):
        command = ProposeTranslations(*wanted, tuple(texts[at : at + MANY]))
        outcome = await request.app[SITE].shop.do(_validate_keys(command), actor_of(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
        brought += outcome.result
    counts = Counter(str(one.outcome) for one in brought)
    left = tuple(one for one in brought if one.outcome in ("unknown", "outdated", "refused"))
    return answer_json(BroughtFile(wanted[1], dict(counts), left[:TOLD]))


def _validate_keys(command: ProposeTranslations) -> ProposeTranslations:
    """The command if its keys are valid. Raises `Problem` 422 otherwise."""
    try:
        return msgspec.convert(msgspec.to_builtins(command), ProposeTranslations)
    except msgspec.ValidationError as error:
        raise Problem(422, "body_wrong", where="$.id", why=str(error)[:200]) from error


_LANGUAGES = {"source_language": {"enum": list(LANGUAGES)}, "language": {"enum": list(LANGUAGES)}}
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/translation-file",
        handler=send,
        name="translationFile",
        right=MANAGE,
        tag="translation",
        query={**_LANGUAGES, "format": {"enum": list(get_args(FileFormat))}, "state": {"enum": list(STATES)}},
        answer=Answer(media="application/octet-stream"),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/translation-file",
        handler=bring,
        name="bringTranslationFile",
        right=MANAGE,
        tag="translation",
        query=_LANGUAGES,
        body=Body(media="application/octet-stream", limit_bytes=FILE_BYTES),
        answer=Answer(BroughtFile),
        statuses=(413, 422),
    ),
    *entity_api.endpoints(
        TERMS, "glossary/{id}", names=("glossary", "glossary_term"), read=read_terms, right=MANAGE, tag="translation"
    ),
)
