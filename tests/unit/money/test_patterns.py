"""What someone types into a field of one line ends where it ends: no line break comes along behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect as types
import pytest

from edge.analytics.notify import preferences as notify
from edge.core.text_patterns import END, lets_line_break, to_ecma
from edge.foundation.access.pages.auth_api import Label
from edge.foundation.alerts.commands import Kind, Title
from edge.goods.catalog.commands import ListName
from edge.money.tenders.tender import Currency, TenderId
from edge.operations.ledger import build_registry
from edge.web.api.query_runner import question_of
from edge.web.app import declare_endpoints
from sync.hub.api.order_status import AskedOrder
from sync.hub.api.signing_in import SignIn
from tests.shop_fixture import config

ONE_LINE = {
    "label": (Label, "My phone"),
    "kind": (Kind, "stock_low"),
    "title": (Title, "Freezer"),
    "mail": (notify.Mail, "dana@example.com"),
    "number": (notify.Phone, "+972541234567"),
    "address": (notify.Url, "https://hooks.example/x"),
    "hour": (notify.Hour, "22:00"),
    "day": (notify.Day, "2027-01-15"),
    "tender": (TenderId, "cash"),
    "currency": (Currency, "EUR"),
    "list": (ListName, "member"),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_no_line_break_comes_behind_it(name: str) -> None:
    type, text = ONE_LINE[name]
    assert msgspec.convert(text, type) == text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text + "\n", type)


def patterns(type: Any, path: str, seen: frozenset[Any] = frozenset()) -> Iterator[tuple[str, str]]:
    """Each pattern that a text in there must fit, with where it stands."""
    match type:
        case types.Metadata(type=inner):
            yield from patterns(inner, path, seen)
        case types.StrType(pattern=str(pattern)):
            yield path, pattern
        case types.StructType(cls=cls, fields=fields) if cls not in seen:
            for field in fields:
                yield from patterns(field.type, f"{cls.__name__}.{field.name}", seen | {cls})
        case types.UnionType(types=some) | types.TupleType(item_types=some):
            for one in some:
                yield from patterns(one, path, seen)
        case types.VarTupleType(item_type=item) | types.ListType(item_type=item):
            yield from patterns(item, path, seen)
        case types.DictType(key_type=key, value_type=value):
            yield from patterns(key, path, seen)
            yield from patterns(value, path, seen)


def test_no_pattern_that_comes_over_http_lets_one_through(tmp_path: Path) -> None:
    registry = build_registry(config(tmp_path))
    asked: list[Any] = [*registry.commands, AskedOrder, SignIn]
    asked += [one.type for spec in registry.queries.values() for one in question_of(spec).arguments.values()]
    asked += [
        one.body.type for one in declare_endpoints().endpoints if one.body is not None and one.body.type is not None
    ]
    found = {where: one for type in asked for where, one in patterns(types.type_info(type), str(type))}
    assert len(found) > 300, "the walk sees what comes in"
    loose = sorted(where for where, pattern in found.items() if lets_line_break(pattern))
    assert not loose, f"end these patterns in {END} (edge/core/text_patterns.py), not in $"


def test_outside_of_python_the_end_is_said_as_everyone_says_it() -> None:
    schema = {"anyOf": [{"type": "string", "pattern": "^[a-z]+" + END}], "description": END}
    assert to_ecma(schema) == {"anyOf": [{"type": "string", "pattern": "^[a-z]+$"}], "description": END}
