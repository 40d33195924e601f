"""Limits of what people type, in plain words: no one reads `$.name: Expected `str``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from edge.core.messages import Command
from edge.counter.till.from_config import till_settings
from edge.ordering.orders import commands
from edge.ordering.orders.commands import AskSignIn, PlaceOrder, SetCartLine
from edge.web.live.localizer import Localizer
from edge.web.problem import body_wrong
from tests.shop_fixture import config

SHOP = Path(commands.__file__).parents[1]
PUBLIC = ("kiosk/pages/kiosk", "kiosk/pages/kiosk_checkout", "kiosk/pages/kiosk_sign_in", "orders/pages/order_state")
_FIELD = re.compile(r"<(?:input|textarea)\b[^>]*>")
_TYPED_ELSEWHERE = re.compile(r'type="(?:checkbox|radio|hidden|date|time|number)"')

CART = {"cart": "c" * 16}
SAID: list[tuple[type[Command], dict[str, Any], str, str, str]] = [
    (
        PlaceOrder,
        {**CART, "accepted_total_minor": 1, "name": "N" * 201},
        "“name” is too long. Enter at most 200 characters.",
        "« nom » est trop long. Saisissez 200 caractères au maximum.",
        "הערך של ״שם״ ארוך מדי. הזינו עד 200 תווים.",
    ),
    (
        PlaceOrder,
        {**CART, "accepted_total_minor": 1, "name": "a\x07"},
        "“name” contains characters that aren't allowed.",
        "",
        "",
    ),
    (AskSignIn, {**CART, "to": "a"}, "“to” is too short. Enter at least 3 characters.", "", ""),
    (SetCartLine, {**CART, "line": 1, "quantity": -1}, "“quantity” is too low. Enter at least 0.", "", ""),
    (SetCartLine, {**CART, "line": 1}, "“quantity” is required.", "", ""),
]


@pytest.mark.parametrize(("command", "fields", "en", "fr", "he"), SAID)
def test_a_limit_is_said_in_plain_words(
    command: type[Command], fields: dict[str, Any], en: str, fr: str, he: str, tmp_path: Path
) -> None:
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert(fields, command)
    problem = body_wrong(wrong.value)
    settings = till_settings(config(tmp_path))
    for language, sentence in (("en", en), ("fr", fr), ("he", he)):
        said = Localizer(language, settings).refusal(problem.refused)
        assert "Expected" not in said and "$" not in said
        assert not sentence or said == sentence
    assert (problem.status, problem.refused.code) == (400, "body_wrong"), "programs hear what they always heard"
    assert {"why", "where"} <= problem.refused.values.keys()


@pytest.mark.parametrize("page", PUBLIC)
def test_a_public_form_lets_nobody_type_more_than_is_taken(page: str) -> None:
    most = _limits()
    typed = [one for one in _FIELD.findall((SHOP / f"{page}.html").read_text()) if not _TYPED_ELSEWHERE.search(one)]
    assert typed
    for field in typed:
        limit = re.search(r'maxlength="([0-9]+)"', field)
        assert limit, field
        name = re.search(r'name="(\w+)"', field)
        assert not name or int(limit[1]) <= most.get(name[1], 10**6), field


def _limits() -> dict[str, int]:
    """The least length that any command of a cart or an order takes of a field, by its name."""
    found: dict[str, int] = {}
    for one in vars(commands).values():
        if isinstance(one, type) and issubclass(one, Command) and one is not Command:
            for name, hint in get_type_hints(one, include_extras=True).items():
                for most in _most(hint):
                    found[name] = min(most, found.get(name, most))
    return found


def _most(hint: Any) -> list[int]:
    own = [hint.__metadata__[0].max_length] if hasattr(hint, "__metadata__") else []
    return [one for one in own if one is not None] + [
        most for arg in get_args(hint) if not isinstance(arg, str) for most in _most(arg)
    ]
