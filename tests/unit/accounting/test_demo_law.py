"""The demo of each tax law: a configuration that is one, of that law's country."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.fiscal import settings_of
from edge.app.demo_shop.demo_law import LAWS, config_text, run
from edge.counter.till.from_config import till_settings
from edge.lib.errors import ConfigError
from edge.runtime.config import parse


@pytest.mark.parametrize("law", LAWS)
def test_each_law_has_a_shop_of_its_country(tmp_path: Path, law: str) -> None:
    loaded = parse(config_text(law), tmp_path / "config.toml")  # type: ignore[arg-type]
    assert settings_of(loaded).regimes == (law,)
    assert till_settings(loaded).tax.inclusive == (law != "ca-qc")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ConfigError):
        run(tmp_path, "fr", 1, fresh=True)
    assert (tmp_path / "letter.txt").read_text() == "mine"
