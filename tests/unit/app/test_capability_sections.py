"""Sections of config.toml that capabilities declare in their own folders."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from edge.analytics.shelf.settings import ShelfSection, settings_of
from edge.core.config_section import Section
from edge.lib import floors
from edge.lib.errors import ConfigError
from edge.ordering.orders.settings import OrdersSection
from edge.runtime.config import capability_sections, parse

FILE = Path("config.toml")
STORE = """
[store]
id = "corner"
header = ["Corner Shop"]
currency = "EUR"
"""


def test_a_capability_is_told_what_stands_in_its_section() -> None:
    said = parse(f'{STORE}[shelf]\nopens_at = "08:30"\ncloses_at = "20:00"\n', FILE)
    assert (settings_of(said).opens_min, settings_of(said).closes_min) == (8 * 60 + 30, 20 * 60)
    assert said.said_of("shelf.opens_at") == "08:30" and said.of(OrdersSection) == OrdersSection()


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("[shelf]\nlook_evry_s = 9", r"line 7: 'look_evry_s' isn't a key of \[shelf\]. Did you mean 'look_every_s'"),
        (
            "[shelf]\nlook_every_s = 1",
            r"line 7: look_every_s of \[shelf\] can't be 1. It must be a whole number from 5",
        ),
        ('[shelf]\nopens_at = "08:30"', r"line 7: \[shelf\] sets 'opens_at' without 'closes_at'"),
        ('[orders]\nphones = true\nwifi = "Guests"', r"line 8: \[orders\] sets 'wifi' without 'join_page'"),
        ('[orders]\nphones = true\njoin_page = "http://hub.example/join"', "line 8: .*join_page.* can't be"),
        (
            f'[orders]\nphones = true\njoin_page = "https://hub.example/join"\nwifi = "{"é" * 17}"',
            "line 9: A Wi-Fi name can have at most 32 bytes; this one has 34",
        ),
        (
            '[orders]\njoin_page = "https://hub.example/join"\nwifi = "Guests"',
            "line 7: .*'join_page', but doesn't allow customers' phones",
        ),
        (
            "[orders]\nphones = true\nstatus_at_head_office = true",
            "line 8: .*'status_at_head_office' without the 'join_page' that shows it",
        ),
        ("[shelfs]\nlook_every_s = 9", r"line 6: 'shelfs' isn't a key of the file. Did you mean 'shelf'"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line(lines: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        parse(f"{STORE}{lines}\n", FILE)


def test_a_section_is_one_capability_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / "goods" / name).mkdir(parents=True)
        (tmp_path / "goods" / name / "settings.py").touch()
        module = ModuleType(name)
        module.SECTION = ("mine", Section)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"{tmp_path.name}.goods.{name}", module)
        monkeypatch.setitem(sys.modules, f"{tmp_path.name}.goods.{name}.settings", module)
    monkeypatch.setattr(floors, "EDGE", tmp_path)
    with pytest.raises(ValueError, match=r"the section \[mine\] is defined twice"):
        capability_sections.kinds.__wrapped__()


def test_every_section_is_one_of_the_sample() -> None:
    sample = (Path(__file__).parents[3] / "config.toml").read_text()
    assert ShelfSection in capability_sections.kinds().values()
    assert not [key for key in capability_sections.kinds() if f"[{key}]" not in sample]
