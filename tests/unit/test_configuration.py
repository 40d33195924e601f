"""config.toml changed by a page keeps what somebody wrote there, and never becomes one that would not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.discovery.match import Proposal
from edge.config import parse
from edge.lib.errors import ConfigError
from edge.services import configuration
from tests.shop_fixture import CONFIG

FILE = Path("/etc/edge/config.toml")


def test_comments_and_order_stay() -> None:
    text = CONFIG.replace("[panel]", "[panel]  # ours")
    changed = configuration.with_values(text, {"backup.folder": "/mnt/x", "registers": ("1", "2", "3")})
    assert "[panel]  # ours" in changed
    made = parse(changed, FILE)
    assert (made.backup.folder, made.registers) == ("/mnt/x", ("1", "2", "3"))


def test_what_is_empty_is_as_usual_again() -> None:
    changed = configuration.with_values(CONFIG, {"store.tax_number": ""})
    assert parse(changed, FILE).store.tax_number == ""
    assert "tax_number" not in changed


def test_a_device_comes_and_goes() -> None:
    printer = Proposal("receipt_printer", "network", "bar", {"host": "192.0.2.7", "port": 9100}, certain=True)
    more = configuration.with_device(CONFIG, printer, "2")
    (made,) = parse(more, FILE).devices
    assert (made.name, made.register, made.options["host"]) == ("bar", "2", "192.0.2.7")
    assert parse(configuration.without_device(more, "bar"), FILE).devices == ()


def test_every_key_of_the_page_is_one_of_the_file() -> None:
    made = parse(CONFIG, FILE)
    for one in configuration.EDITABLE:
        configuration.value_of(made, one.key)


def test_what_would_not_start_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    with pytest.raises(ConfigError, match="time zone"):
        configuration.written(file, configuration.with_values(CONFIG, {"store.zone": "Nowhere"}))
    assert file.read_text() == CONFIG
