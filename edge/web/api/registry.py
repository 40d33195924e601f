"""Commands and queries of the registry over HTTP."""

from __future__ import annotations

import time

from aiohttp import web

from edge.core import ids
from edge.core.endpoints import ANYBODY, DONE, REPORTS, RESULT, Endpoint
from edge.core.jobs.store import MANAGE
from edge.core.journal.rows import fact_of, find_command
from edge.core.messages import Actor, Command, Done, Outcome, RecordedEvent, Refusal, Refused
from edge.core.registry import CommandSpec
from edge.web.actors import actor_of, again, is_at_register, is_console_token, register_of
from edge.web.api.command_results import beside
from edge.web.context import SITE, today_of
from edge.web.denied import Denied, note_refused
from edge.web.looks import note_query
from edge.web.metrics import METRICS
from edge.web.problem import Problem
from edge.web.request_body import decode_body
from edge.web.responses import answer_json, answer_outcome, answer_problem, outcome_json, texts_of

_REMEMBERED = "SELECT 1 FROM remembered_command WHERE command_id = ?"


async def do(request: web.Request) -> web.Response:
    """`POST commands/{name}`: the command as JSON; repeating its `Idempotency-Key` has no second effect."""
    site = request.app[SITE]
    name = request.match_info["name"]
    spec = site.shop.registry.by_name.get(name)
    if spec is None or not (spec.over_http or is_console_token(request)):
        raise Problem(404, "command_unknown", name=name[:80])
    return answer_command(request, await perform(request, spec, idempotency_key(request)))


def answer_command(request: web.Request, outcome: Outcome) -> web.Response:
    """Answer with a command's outcome, and with the companion data of its result."""
    if isinstance(outcome, Done) and (more := beside(request, outcome.result)):
        return answer_json({"done": outcome_json(outcome) | more})
    return answer_outcome(outcome, texts_of(request))


async def perform(request: web.Request, spec: CommandSpec, id: ids.CommandId | None) -> Outcome:
    """Execute the command in the request's body; repeating its `id` has no second effect."""
    actor = await admit_command(request, spec, id)
    return await execute_for(request, spec, actor, decode_body(await request.read() or b"{}", spec.command), id)


async def admit_command(request: web.Request, spec: CommandSpec, id: ids.CommandId | None) -> Actor:
    """Return the actor for a command, before its body is read. Raises `Refusal` if they lack permission or must
    authenticate again."""
    actor = actor_of(request, spec.name, id or b"")
    if refused := spec.refusal(actor):
        await note_refused(request, actor, refused.values)
        raise Refusal.of(refused)
    if spec.reauthenticate and (refused := again(request)):
        raise Refusal.of(refused)
    return actor


async def execute_for(
    request: web.Request, spec: CommandSpec, actor: Actor, command: Command, id: ids.CommandId | None
) -> Outcome:
    """Execute a command for an admitted actor."""
    site, began = request.app[SITE], time.perf_counter()
    outcome = await site.shop.do(command, actor, id)
    if actor.asker and isinstance(outcome, Done):
        site.identity.approval_used(request.headers["Grant"], outcome.command_id)
    site.services.of(METRICS).seconds.labels(spec.name).observe(time.perf_counter() - began)
    return outcome


async def look_up(request: web.Request) -> web.Response:
    """`GET commands/{id}`: a command's outcome from the journal; 404 if it had none.

    A command's name instead of an id: 405."""
    site = request.app[SITE]
    if request.match_info["id"] in site.shop.registry.by_name:
        raise web.HTTPMethodNotAllowed("GET", ["POST"])
    id = _id(request.match_info["id"])
    reader = site.shop.reader
    rows = find_command(reader, id)
    if rows:
        facts = [fact_of(site.shop.registry, row) for row in rows]
        events = tuple(fact.event for fact in facts) if _may_read(actor_of(request), facts[0]) else ()
        return answer_json({"done": outcome_json(Done(id, events, rows[0].epoch, rows[0].seq, repeated=True))})
    if reader.execute(_REMEMBERED, (id,)).fetchone():
        return answer_json({"done": outcome_json(Done(id, repeated=True))})
    why = Refused("command_not_found")
    message = texts_of(request).refusal(why)
    return answer_problem(404, why, message, unknown={"command_id": ids.show(id), "message": message})


def _may_read(actor: Actor, fact: RecordedEvent) -> bool:
    """Whether an actor may see a command's result and not only its completion. True for the command's own actor, and
    for managers."""
    own = fact.actor == actor.name and (fact.register == actor.register or not actor.anonymous)
    return own or actor.may(MANAGE)


async def ask(request: web.Request) -> web.Response:
    """`GET queries/{name}?argument=value`: the result of a query."""
    site = request.app[SITE]
    name = request.match_info["name"]
    question = site.asker.questions.get(name)
    if question is None or not (question.spec.surfaces.over_http or is_console_token(request)):
        raise Problem(404, "query_unknown", name=name[:80])
    actor = actor_of(request, name)
    if refused := question.spec.refusal(actor):
        raise Denied(question.spec.right, f"query {name}", refused.code)
    if actor.surface == "kiosk" and request.query.get("register", actor.register) != actor.register:
        raise Problem(400, "register_not_paired", register=request.query["register"][:40], allowed=actor.register)
    register = actor.register
    if "register" in question.arguments and not is_console_token(request):
        register = register_of(request)  # never return another register's basket as the caller's own
        theirs = is_at_register(request) and request.query.get("register", register) == actor.register
        if not (theirs or actor.may(REPORTS)):
            raise Denied(REPORTS, f"query {name}")
    arguments = question.bind(request.query, register, site.shop.now_us(), today_of(request))
    found = question.visible_answer(await site.asker.ask(question, arguments), actor)
    note_query(request, actor, question.spec)
    return answer_json({"result": found, **beside(request, found)})


def idempotency_key(request: web.Request) -> ids.CommandId | None:
    """Parse the header `Idempotency-Key`: a string as in RFC 8941, or bare."""
    key = request.headers.get("Idempotency-Key")
    return _id(key.strip().strip('"')) if key else None


def _id(text: str) -> ids.CommandId:
    try:
        return ids.parse(text)
    except ValueError as error:
        raise Problem(400, "id_wrong", why=str(error)) from error


ENDPOINTS = (
    # Each command and query has its own right, checked by the command bus and `ask`.
    Endpoint(method="POST", path="/api/v1/commands/{name}", handler=do, right=ANYBODY, answer=DONE),
    Endpoint(method="GET", path="/api/v1/queries/{name}", handler=ask, right=ANYBODY, answer=RESULT),
)
