"""Access log for personal data and secrets, recorded at a point that all answers pass.

Access is derived from declared rights, so that no page can omit it. It covers reads with a right for personal data, and
endpoints that ask for the PIN again.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from edge.core.endpoints import DONE, Endpoint
from edge.core.messages import Actor
from edge.core.registry import QuerySpec
from edge.web.actors import asker_of
from edge.web.caller import caller_of
from edge.web.context import SITE

OF: web.RequestKey[str] = web.RequestKey("looked_of")
"""The person whose data an answer contained, if the URL doesn't name them."""
_NAMES = ("id", "user", "customer", "person")
"""Names of arguments and path fields that identify a person."""


def note_look(request: web.Request, endpoint: Endpoint) -> None:
    """Record the answer if the endpoint returns personal data or secrets."""
    reads = endpoint.rate_class == "read" and request.app[SITE].identity.is_personal(endpoint.right, endpoint.also)
    if reads or (endpoint.reauthenticate and endpoint.answer != DONE):  # commands record events of their own
        of = request.get(OF) or _subject_of(request.match_info) or _subject_of(request.query)
        _record_look(request, asker_of(request), endpoint.plain_path, of)


def note_query(request: web.Request, actor: Actor, spec: QuerySpec) -> None:
    """Record an answered query if it returns personal data."""
    if request.app[SITE].identity.is_personal(spec.right, spec.also):
        _record_look(request, actor, spec.name, _subject_of(request.query))


def _record_look(request: web.Request, actor: Actor, what: str, of: str) -> None:
    request.app[SITE].identity.record_access(actor, what, of, caller_of(request).address)


def _subject_of(arguments: Mapping[str, str]) -> str:
    return next((found for name in _NAMES if (found := arguments.get(name))), "")
