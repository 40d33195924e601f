"""HTTP routes for files of providers and banks, which are imported through the public commands."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.accounting.settlements.commands import CREDITS_MOST, TakeBatch, TakeCredits
from edge.accounting.settlements.file_readers import READERS
from edge.accounting.settlements.handlers import TakenCredits
from edge.accounting.settlements.queries import KeptBatch
from edge.accounting.settlements.reader_client import read_apart
from edge.accounting.settlements.table_files import FILE_BYTES, read_credits
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done, Refusal, Refused
from edge.foundation.access.rights import MANAGE, PAYMENTS
from edge.lib.errors import NeedsHuman
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, answer_problem, texts_of
from edge.web.work_threads import HEAVY

_SEEN = {"batch_seen": 409, "batch_changed": 409}


class TakenBatches(msgspec.Struct, frozen=True):
    """The batches of a file, in their current state."""

    batches: tuple[KeptBatch, ...]


async def take_file(request: web.Request) -> web.Response:
    """`POST settlement-files?provider=&profile=`: import a provider's file (CSV, JSON, XLSX), batch by batch. 409 if a
    batch was imported before, 422 if the file is unreadable. Batches before a refused one stay imported; each counts
    once."""
    provider = request.query.get("provider", "")[:20]
    profile, texts = request.query.get("profile", "plain"), texts_of(request)
    if profile not in READERS:
        raise Problem(400, "argument_wrong", name="profile", why=", ".join(READERS))
    body = await body_within(request, FILE_BYTES)
    try:
        batches = await request.app[SITE].services.of(HEAVY).do(read_apart, body, profile, texts.language)
    except Refusal as refusal:
        return answer_outcome(refusal.refused, texts, _SEEN)
    except NeedsHuman as error:
        return answer_problem(422, Refused(error.key, dict(error.values)), texts.report_text(error.key, error.values))
    taken: list[KeptBatch] = []
    for batch in batches:
        outcome = await request.app[SITE].shop.do(TakeBatch(provider, batch), actor_of(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts, _SEEN)
        taken += [outcome.result] if outcome.result else []
    return answer_json(TakenBatches(tuple(taken)))


async def take_statement(request: web.Request) -> web.Response:
    """`POST bank-statements`: import a bank statement, as BAI2, camt.053, MT940 or a table; 422 if it's unreadable."""
    body = await body_within(request, FILE_BYTES)
    try:
        credits = await request.app[SITE].services.of(HEAVY).do(read_credits, body)
    except Refusal as refusal:
        return answer_outcome(refusal.refused, texts_of(request), _SEEN)
    sums = TakenCredits(0, 0, 0, 0)
    for at in range(0, len(credits), CREDITS_MOST):
        command = TakeCredits(credits[at : at + CREDITS_MOST])
        outcome = await request.app[SITE].shop.do(command, actor_of(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request), _SEEN)
        if outcome.result:
            counts = zip(msgspec.structs.astuple(sums), msgspec.structs.astuple(outcome.result), strict=True)
            sums = TakenCredits(*(a + b for a, b in counts))
    return answer_json(sums)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/settlement-files",
        handler=take_file,
        name="takeSettlementFile",
        right=MANAGE,
        also=PAYMENTS,
        tag="settlements",
        query={"provider": {"type": "string", "maxLength": 20}, "profile": {"enum": list(READERS)}},
        body=Body(media="application/octet-stream", limit_bytes=FILE_BYTES),
        answer=Answer(TakenBatches),
        statuses=(409, 413, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/bank-statements",
        handler=take_statement,
        name="takeBankStatement",
        right=MANAGE,
        also=PAYMENTS,
        tag="settlements",
        body=Body(media="application/octet-stream", limit_bytes=FILE_BYTES),
        answer=Answer(TakenCredits),
        statuses=(413, 422),
    ),
)
