"""`[models]`: what is wrong is said with its line; what is right becomes models."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.lib.errors import ConfigError
from edge.runtime.config import parse
from models import registry
from tests.shop_fixture import CONFIG
from tests.toy_engines import ENGINES

PATH = Path("/shop/config.toml")
TOY = """
[[models.model]]
name = "toy"
kind = "llm"
engine = "toy"
size_mb = 1
memory_mb = 64
licence = "MIT"
"""


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "ENGINES", {**registry.ENGINES, **ENGINES})


def test_a_shop_adds_a_model_and_says_which_it_uses() -> None:
    text = f'[models]\nmemory_mb = 900\nkeep = ["toy"]\nload_at = "06:30"\nuse = {{ "llm.fr" = "toy" }}\n{TOY}'
    models = parse(CONFIG + text, PATH).models
    assert models.entries()["toy"].memory_mb == 64
    assert (models.memory_mb, models.keep, models.load_at, models.use) == (900, ("toy",), "06:30", {"llm.fr": "toy"})


@pytest.mark.parametrize(
    ("text", "wrong_line", "said"),
    [
        ('[models]\nkeep = ["tyo"]\n' + TOY, 'keep = ["tyo"]', "Model 'tyo' not found. Known models:"),
        ('[models]\nuse = { llm = "no" }\n' + TOY, "use = { llm", "Model 'no' not found."),
        ('[models]\nload_at = "6h30"\n', 'load_at = "6h30"', "hours and minutes in quotes"),
        ("[models]\nmemory_mb = -1\n", "memory_mb = -1", "a whole number from 0"),
        ("[models]\nmemory = 1\n", "memory = 1", "Did you mean 'memory_mb'?"),
        (TOY.replace('engine = "toy"', 'engine = "tyo"'), "[[models.model]]", "ngine for llm not found: 'tyo'"),
        (TOY.replace('kind = "llm"', 'kind = "oracle"'), "[[models.model]]", "oracle"),
        (TOY + 'options = { lod = "well" }\n', "[[models.model]]", "Did you mean 'load'?"),
        (TOY + 'colour = "red"\n', "[[models.model]]", "colour"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, wrong_line: str, said: str) -> None:
    whole = CONFIG + text
    with pytest.raises(ConfigError) as caught:
        parse(whole, PATH)
    number = next(n for n, line in enumerate(whole.splitlines(), 1) if line.startswith(wrong_line))
    assert str(caught.value).startswith(f"config.toml line {number}: ")
    assert said in str(caught.value)
