"""What somebody types into a field of one line ends where it ends: no line break comes along behind it."""

from __future__ import annotations

import msgspec
import pytest

from edge.shop.access.pages.auth_api import Label
from edge.shop.alerts.commands import Kind, Title
from edge.shop.notify import preferences as notify

ONE_LINE = {
    "label": (Label, "My phone"),
    "kind": (Kind, "stock_low"),
    "title": (Title, "Freezer"),
    "mail": (notify.Mail, "dana@example.com"),
    "number": (notify.Phone, "+972541234567"),
    "address": (notify.Url, "https://hooks.example/x"),
    "hour": (notify.Hour, "22:00"),
    "day": (notify.Day, "2027-01-15"),
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_no_line_break_comes_behind_it(name: str) -> None:
    type, text = ONE_LINE[name]
    assert msgspec.convert(text, type) == text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text + "\n", type)
