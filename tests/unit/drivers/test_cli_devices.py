"""`edge devices` says of a device in use what the running appliance knows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.discovery.udev import Node, Plugged
from edge.__main__ import main
from edge.app.cli import devices
from edge.core.process.parts import PartState
from edge.lib.errors import NeedsHuman

PRINTER = """
[store]
id = "corner"
header = []
currency = "EUR"
[[device]]
name = "till printer"
role = "receipt_printer"
driver = "file"
path = "{path}"
"""


@pytest.fixture
def plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    paper = tmp_path / "lp0"
    paper.touch()
    found = Plugged("04b8:0e15", "EPSON", "Receipt printer", "", (Node("printer", str(paper)),))
    monkeypatch.setattr(devices, "find_plugged", lambda: [found])
    config = tmp_path / "config.toml"
    config.write_text(PRINTER.format(path=paper))
    return config


def shown(config: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["--config", str(config), "devices", "--seconds", "0"]) == 0
    return capsys.readouterr().out


def test_the_model_that_a_printer_named(
    plugged_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices.Client, "parts", lambda self: (PartState("till printer", "ok", "TM-T20II"),))
    assert "in use as 'till printer': TM-T20II\n" in shown(plugged_in, capsys)


def test_nothing_while_no_appliance_runs(
    plugged_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def parts(self: devices.Client) -> tuple[PartState, ...]:
        raise NeedsHuman("It does not run.")

    monkeypatch.setattr(devices.Client, "parts", parts)
    assert "in use as 'till printer'\n" in shown(plugged_in, capsys)
