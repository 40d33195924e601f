"""The command line says which version it is, and which command was perhaps meant."""

from __future__ import annotations

import msgspec
import pytest

from edge import __version__
from edge.__main__ import _runs, main, make_parser
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


@pytest.mark.parametrize("words", [["run"], ["--config", "shop.toml", "run"]])
def test_the_service_starts_the_shop_without_knowing_other_commands(words: list[str]) -> None:
    assert _runs(words)
    assert make_parser(only_run=True).parse_args(words) == make_parser().parse_args(words)


@pytest.mark.parametrize("words", [[], ["--config", "run"], ["hub", "feed", "run"], ["run", "--help"], ["verify"]])
def test_all_commands_are_known_to_whoever_types(words: list[str]) -> None:
    assert not _runs(words)
