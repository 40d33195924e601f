"""`./run install` into the root folder of another system: what it brings, repeated and removed."""

import json
import subprocess
from pathlib import Path

import pytest

from setup import install
from setup.step import SetupError

pytestmark = [pytest.mark.needs("systemctl"), pytest.mark.needs("systemd-sysusers")]
BROUGHT = {
    *(install.UNIT, install.RULES, install.ACCOUNTS, install.SCREEN, install.PAGE, install.START, install.POLICIES),
    *install.UPDATES,
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with nothing in it. Where the project lies does not matter here."""
    monkeypatch.setattr(install, "UNREADABLE", ())
    (tmp_path / "etc").mkdir()
    return tmp_path


def there(root: Path) -> set[Path]:
    return {path for path in BROUGHT if (root / path).exists()}


def test_it_brings_the_service_and_the_screen_and_starts_them_at_boot(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install.main(["--root", str(root), "--screen"]) == 0
    assert there(root) == BROUGHT
    unit = (root / install.UNIT).read_text()
    assert f"ExecStart={install.ROOT}/.venv/bin/python -m edge --config /etc/edge/config.toml run" in unit
    assert (root / install.PAGE).read_text() == "EDGE_KIOSK=http://localhost:8080/\n"
    wanted = root / "etc/systemd/system/multi-user.target.wants"
    assert {link.name for link in wanted.iterdir()} == {
        *("edge.service", "edge-kiosk.service", "edge-software.service", "edge-software.path")
    }
    assert "edge:" in (root / "etc/passwd").read_text()
    said = capsys.readouterr().out
    assert "written   /etc/systemd/system/edge.service" in said
    assert "to set up the shop" in said


def test_a_kiosks_browser_opens_the_kiosk_alone_and_a_tills_the_box(root: Path) -> None:
    assert install.main(["--root", str(root), "--screen", "/kiosk?register=kiosk"]) == 0
    start = "file:///etc/edge-kiosk/start.html"
    kiosk = json.loads((root / install.POLICIES).read_text())
    assert (kiosk["URLBlocklist"], kiosk["URLAllowlist"]) == (["*"], ["http://localhost:8080/kiosk", start])
    assert (kiosk["DeveloperToolsAvailability"], kiosk["DownloadRestrictions"]) == (2, 3)
    assert f"--app={start}#${{EDGE_KIOSK}}" in (root / install.SCREEN).read_text() and (root / install.START).exists()
    screen = (root / install.SCREEN).read_text()
    assert "--enable-speech-dispatcher" in screen, "without it Chromium has no voice that reads aloud"
    assert install.main(["--root", str(root), "--screen"]) == 0
    assert json.loads((root / install.POLICIES).read_text())["URLAllowlist"] == ["http://localhost:8080", start]


def test_the_same_again_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main(["--root", str(root)]) == 0
    capsys.readouterr()
    assert install.main(["--root", str(root)]) == 0
    assert "unchanged /etc/systemd/system/edge.service" in capsys.readouterr().out


def test_with_a_ledger_it_is_tried_on_a_copy_first_and_stops_where_that_fails(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (install.LEDGER, install.CONFIG):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("no ledger")
    assert install.main(["--root", str(root)]) == 1
    assert "The running shop hasn't been changed" in capsys.readouterr().err
    assert there(root) == set()
    called: list[tuple[str, ...]] = []
    monkeypatch.setattr(install, "_call", lambda target, what, *argv, shown=False: called.append(argv))
    assert install.main(["--root", str(root)]) == 0
    assert called[0][-2:] == ("upgrade", "--prepare")
    called.clear()
    assert install.main(["--root", str(root), "--prepared"]) == 0
    assert not [argv for argv in called if "upgrade" in argv], "whoever installs an update has done it by day"


@pytest.mark.parametrize("lacks", ["voice", "browser"])
def test_without_the_internet_a_screen_is_only_silent_and_nothing_stops_half_way(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lacks: str
) -> None:
    for path in (install.LEDGER, install.CONFIG):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("a shop's")
    spoken, module = install.VOICE
    (root / spoken).parent.mkdir(parents=True)
    (root / spoken).touch()  # the dispatcher alone, as a desktop brings it, says nothing
    monkeypatch.setattr(install.shutil, "which", lambda name: None if lacks == "browser" else f"/usr/bin/{name}")
    called: list[tuple[str, ...]] = []

    def call(target: install.Target, what: str, *argv: str, shown: bool = False) -> None:
        called.append(argv)
        if argv[0] == "apt-get":
            raise SetupError("no internet", "")

    monkeypatch.setattr(install, "_call", call)
    monkeypatch.setattr(install, "_folder", lambda target, path: None)
    args = install._parser().parse_args(["--screen"])
    if lacks == "browser":
        with pytest.raises(SetupError, match="no internet"):
            install.install(install.Target(root, True), args)
        assert len(called) == 1, "the ledger was not touched"
        return
    install.install(install.Target(root, True), args)
    assert called[0][-1] == install.VOICE[module]
    assert called[1][-2:] == ("upgrade", "--prepare")
    assert "skipped   the text-to-speech voice" in capsys.readouterr().out


def test_removing_leaves_the_ledger_and_the_configuration(root: Path) -> None:
    assert install.main(["--root", str(root), "--screen"]) == 0
    for path in (install.LEDGER, install.CONFIG):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("kept")
    assert install.main(["--root", str(root), "--remove"]) == 0
    assert there(root) == set()
    assert not list((root / "etc/systemd/system").rglob("edge*"))
    assert [(root / path).read_text() for path in (install.LEDGER, install.CONFIG)] == ["kept", "kept"]


def test_a_folder_that_a_service_cannot_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "UNREADABLE", (str(install.ROOT),))
    with pytest.raises(SetupError, match="can't read"):
        install.install(install.Target(tmp_path, False), install._parser().parse_args([]))


def test_run_knows_both_commands() -> None:
    said = subprocess.run([install.ROOT / "run"], capture_output=True, text=True, check=False).stdout
    assert "./run install" in said
    assert "./run remove" in said
