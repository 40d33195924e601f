"""A rule for a text that may be "" allows it: of a union with `Literal[""]`, msgspec keeps the rule alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from tests.golden import contracts

STORED = frozenset({"Product.category"})
"""In an event, whose fields don't change: no category is written by leaving it out."""


def structs_of(type_: Any, known: set[type[msgspec.Struct]]) -> set[type[msgspec.Struct]]:
    """The structs that a type is made of, beside those that are `known`."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct) and type_ not in known:
        known.add(type_)
        for field in msgspec.structs.fields(type_):
            structs_of(field.type, known)
    for part in get_args(type_):
        structs_of(part, known)
    return known


def refusing(command: type[msgspec.Struct]) -> Iterator[str]:
    """Fields of a command's structs that name texts which their own type refuses."""
    for struct in structs_of(command, set()):
        for field in msgspec.structs.fields(struct):
            parts = get_args(field.type)
            ruled = [part for part in parts if get_origin(part) is Annotated and get_args(part)[0] is str]
            if ruled and any(get_origin(part) is Literal for part in parts):
                yield f"{struct.__name__}.{field.name}"


def test_no_field_refuses_what_it_names() -> None:
    commands = contracts.registry().commands
    found = {name: rows for name, spec in commands.items() if (rows := {*refusing(spec.command)} - STORED)}
    assert not found, 'a rule that allows ""'


def test_the_rule_notices() -> None:
    word = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+$(?!\n)")]
    set_place = msgspec.defstruct("SetPlace", [("place", word | Literal[""], ""), ("how", Literal["", "up"], "")])
    assert [*refusing(set_place)] == ["SetPlace.place"]
    try:
        msgspec.convert({"place": ""}, set_place)
    except msgspec.ValidationError:
        return
    raise AssertionError("msgspec takes both now: this rule isn't needed any more")
