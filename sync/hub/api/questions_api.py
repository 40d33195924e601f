"""Natural-language questions about all stores: `POST /v1/questions`. `edge.app` provides the implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from aiohttp import web

from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.wire import Name

PLACE = "/v1/questions"
QUESTION_CHARS = 500
BEFORE_CHARS = 4_000
Day = Annotated[str, msgspec.Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class OfficeQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question asked on a day (`today`, ISO 8601) in a `language`.

    `before`: the `meaning` of the previous answer, for a follow-up. `store` or `group`: limits the question to one.
    """

    question: Annotated[str, msgspec.Meta(min_length=1, max_length=QUESTION_CHARS, pattern=r"^[^\x00]*$(?!\n)")]
    today: Day
    language: Annotated[str, msgspec.Meta(pattern="^([a-z]{2})?$")] = ""
    before: Annotated[str, msgspec.Meta(max_length=BEFORE_CHARS)] = ""
    store: Name | None = None
    group: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$(?!\n)")] | None = None


class AnsweredRow(msgspec.Struct, frozen=True):
    """A row of an answer: its dimensions as in `columns`, and its value in words.

    `before`: the value of the previous period; "" if there is none.
    """

    of: tuple[str, ...]
    value: str
    before: str = ""


class Answered(msgspec.Struct, frozen=True):
    """An answer: the question as understood ("": not understood), its sentences, and rows."""

    understood: str
    lines: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[AnsweredRow, ...] = ()
    more: bool = False


class OfficeAnswer(msgspec.Struct, frozen=True):
    """The answers, and the last one's meaning for a follow-up."""

    answers: tuple[Answered, ...]
    meaning: str = ""


AnswerQuestion = Callable[[Any, str, Sequence[str] | None, OfficeQuestion], Awaitable[OfficeAnswer]]
"""Answers on a connection restricted to one tenant, only about these stores (None: all)."""


class QuestionsApi:
    """See the module. `answer`: None if unavailable."""

    def __init__(self, door: Door, answer: AnswerQuestion | None) -> None:
        self._door, self._answer = door, answer

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PLACE, self._ask)

    async def _ask(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            if not key.may_read():
                raise Problem(403, "Not allowed", "This key may not read sales and stock.")
            if self._answer is None:
                raise Problem(404, "No answers", "Questions aren't set up at this head office.")
            asked = await body_as(request, OfficeQuestion)
            _require_day(asked.today)
            async with self._door.reading(key) as connection:
                stores = await _stores(connection, key.tenant, asked)
                if key.stores is not None:
                    stores = [one for one in (key.stores if stores is None else stores) if key.reaches(one)]
                found = await self._answer(connection, key.tenant, stores, asked)
            self._door.usage.read(key.tenant, "", key.who, "questions")
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=msgspec.json.encode(found), content_type="application/json", headers=headers)


def _require_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise BadRequest("'today' isn't a date; enter it like 2027-01-31") from None


async def _stores(connection: Any, tenant: str, asked: OfficeQuestion) -> list[str] | None:
    """The stores selected on the page; None: all."""
    if asked.store is not None:
        return [asked.store]
    if asked.group is None:
        return None
    of_group = "SELECT store FROM store_of_tenant WHERE tenant = $1 AND store_group = $2"
    return [row["store"] for row in await connection.fetch(of_group, tenant, asked.group)]
