"""The command line says which version it is, and which command was perhaps meant."""

from __future__ import annotations

import msgspec
import pytest

from edge import __version__
from edge.__main__ import main
from edge.goods.ingest.commands import ImportCatalog


@pytest.mark.parametrize(("typed", "meant"), [("chek", "check"), ("verfy", "verify"), ("restor", "restore")])
def test_a_typo_is_answered_with_what_was_meant(capsys: pytest.CaptureFixture[str], typed: str, meant: str) -> None:
    with pytest.raises(SystemExit):
        main([typed])
    assert f"there is no '{typed}'. Did you mean '{meant}'?" in capsys.readouterr().err


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"edge {__version__}\n"


def test_a_path_that_no_file_can_have_does_not_get_in() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"path": "a\\u0000b"}', type=ImportCatalog)
