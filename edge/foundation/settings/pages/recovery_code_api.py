"""Recovery code over HTTP: shown after a PIN, with confirmation that it is on paper."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import NOTHING, Body, Endpoint, fragment
from edge.core.messages import Refused
from edge.core.secrets import keys
from edge.foundation.access.rights import MANAGE
from edge.runtime.backup_state import status
from edge.runtime.backup_state.status import KEPT
from edge.web.context import SITE
from edge.web.request_body import body_of
from edge.web.responses import answer_json, answer_outcome, texts_of


class CodeOnPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Confirmation of a paper copy, by its last four letters."""

    end: str


async def show_code(request: web.Request) -> web.Response:
    """`POST /fragments/recovery-code`: the code, to print or write down; created if needed."""
    code = keys.show(keys.stored_or_made(request.app[SITE].config.folder))
    return web.Response(text=code, headers={"Cache-Control": "no-store"})


async def confirm_code(request: web.Request) -> web.Response:
    """`POST recovery-code`: confirm the paper copy; until then the manager page and `edge check` remind."""
    site, body = request.app[SITE], await body_of(request, CodeOnPaper)
    folder = site.config.folder
    if not keys.ends_with(keys.stored_or_made(folder), body.end):
        return answer_outcome(Refused("recovery_code_wrong"), texts_of(request))
    site.shop.bus.publish(KEPT, status.note(folder, code_kept_us=site.shop.now_us()))
    return answer_json({})


ENDPOINTS = (
    fragment("/fragments/recovery-code", show_code, MANAGE, method="POST", reauthenticate=True),
    Endpoint(
        method="POST",
        path="/api/v1/recovery-code",
        handler=confirm_code,
        name="codeOnPaper",
        answer=NOTHING,
        right=MANAGE,
        reauthenticate=True,
        body=Body(CodeOnPaper),
        programs=False,
        statuses=(422,),
    ),
)
