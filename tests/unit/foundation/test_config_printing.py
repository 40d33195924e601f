"""How a receipt printer is used, as the configuration says it: what it confirms by, and whom it stands in for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.printing.from_config import label_settings
from edge.lib.errors import ConfigError
from edge.runtime.config import parse
from edge.runtime.config.device_uses import Printing
from tests.shop_fixture import CONFIG

MAIN = '[[device]]\nname = "main"\nrole = "receipt_printer"\ndriver = "file"\npath = "/x"\n'


def another(**keys: str) -> str:
    said = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f'[[device]]\nname = "spare"\nrole = "receipt_printer"\ndriver = "file"\npath = "/y"\n{said}'


def test_how_a_printer_is_used() -> None:
    config = parse(CONFIG + MAIN + 'confirms = "process_id"\ndrawer_open = "high"\n', Path("config.toml"))
    assert config.devices[0].printing == Printing("process_id", "high")


def test_a_printer_for_labels_alone_needs_no_register() -> None:
    labels = '[labels]\nprinter = "spare"\n'
    config = parse(CONFIG + labels + MAIN + another(register=""), Path("config.toml"))
    assert label_settings(config).printer == "spare"
    with pytest.raises(ConfigError, match="receipt printer 'spare' for labels doesn't exist"):
        parse(CONFIG + labels + MAIN, Path("config.toml"))


@pytest.mark.parametrize("register", ["1", "2"])
def test_a_spare_of_the_same_till_and_the_next_till_s_printer_may_stand_in(register: str) -> None:
    text = CONFIG + MAIN + another(stands_in_for="main", register=register)
    config = parse(text, Path("config.toml"))
    assert config.devices[1].printing.stands_in_for == "main"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAIN + another(register="1"), "both print for register '1'"),
        (
            MAIN + another(stands_in_for="mian"),
            "'spare' can't be a fallback for 'mian'. Other receipt printers: 'main'.",
        ),
        (MAIN + 'stands_in_for = "main"\n', "'main' can't be a fallback for 'main'"),
        (MAIN + 'confirms = "always"\n', "It must be one of 'auto', 'none', 'process_id', 'status'."),
    ],
)
def test_what_cannot_be_is_said(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse(CONFIG + text, Path("config.toml"))
    assert said in str(wrong.value)
