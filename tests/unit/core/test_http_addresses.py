"""Addresses of commands and queries (`http=`): what is declared is what is served and described."""

from __future__ import annotations

from typing import Any

import pytest

from edge.core.endpoints import HttpAddress
from edge.core.messages import Command, Number
from edge.core.registry import Capability, CommandSpec, QuerySpec, Registry
from edge.core.surfaces import STAFF
from edge.web.api.addresses import addresses


class MoveThing(Command, frozen=True):
    """Move a thing.

    To a shelf.
    """

    thing: str
    shelf: Number


def move(tx: Any, command: MoveThing) -> None:
    raise NotImplementedError


def read_things(db: Any, shelf: Number | None = None, now_us: Number = 0) -> list[str]:
    """The things of a shelf."""
    return []


def of_register(db: Any, register: str) -> str:
    """Of one register."""
    return register


def made(*specs: CommandSpec | QuerySpec) -> Registry:
    commands = tuple(one for one in specs if isinstance(one, CommandSpec))
    queries = tuple(one for one in specs if isinstance(one, QuerySpec))
    return Registry([Capability("things", commands=commands, queries=queries)])


def command(*http: HttpAddress) -> CommandSpec:
    return CommandSpec(MoveThing, move, right="move", also="carry", reauthenticate=True, surfaces=STAFF, http=http)


def test_an_address_is_behind_the_right_of_its_command_and_says_what_it_takes() -> None:
    http = HttpAddress("PUT", r"things/{id}/shelf/{shelf:\d{1,9}}", {"id": "thing"})
    (one,) = addresses(made(command(http)))
    assert (one.method, one.path) == ("PUT", r"/api/v1/things/{id}/shelf/{shelf:\d{1,9}}")
    assert (one.right, one.also, one.reauthenticate) == ("move", "carry", True)
    assert (one.id, one.tag, one.body) == ("moveThing", "things", None), "all that it takes stands in the path"
    assert one.path_types["id"] == {"type": "string"} and one.path_types["shelf"]["type"] == "integer"
    assert (one.handler.__doc__ or "").endswith(": Move a thing.")


def test_what_does_not_stand_in_the_path_stands_in_the_body() -> None:
    (one,) = addresses(made(command(HttpAddress("POST", "things/{thing}/move"))))
    assert one.body is not None and (one.body.type, one.body.without) == (MoveThing, ("thing",))


def test_a_query_takes_behind_the_question_mark_what_someone_can_know() -> None:
    http = (HttpAddress("GET", "things", under="things"),)
    (one,) = addresses(made(QuerySpec("things", read_things, right="move", surfaces=STAFF, http=http)))
    assert {name: schema["type"] for name, schema in one.query.items()} == {"shelf": "integer"}
    assert one.answer is not None and (one.answer.type, one.answer.under) == (list[str], "things")


def test_what_is_declared_wrongly_is_told_at_the_start() -> None:
    with pytest.raises(ValueError, match="MoveThing has no rack"):
        list(addresses(made(command(HttpAddress("POST", "things/{thing}/{rack}")))))
    query = QuerySpec("seen", of_register, right="move", surfaces=STAFF, http=(HttpAddress("GET", "seen"),))
    with pytest.raises(ValueError, match="seen depends on a register"):
        list(addresses(made(query)))
