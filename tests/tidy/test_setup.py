"""The set-up does a thing once, again when its inputs change, and says what to do when it can't."""

import subprocess
import threading
from pathlib import Path

import pytest

from setup import debian, step
from setup.step import Log, SetupError, Step
from tests.tidy.tree import ROOT


@pytest.fixture(autouse=True)
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    monkeypatch.setattr(step, "ROOT", tmp_path)
    return tmp_path


def make(inputs: list[bytes], notes: list[str]) -> Step:
    return Step("a-step", "a step", lambda: b"".join(inputs), lambda log: notes)


def test_done_once_until_the_inputs_change() -> None:
    inputs = [b"one"]
    made = make(inputs, [])
    assert not made.is_done()
    made.run("1/1")
    assert made.is_done()
    inputs.append(b"two")
    assert not made.is_done()


def test_what_was_left_out_is_shown_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    made = make([b""], ["left out: chromium (browser tests)"])
    made.run("2/6")
    assert capsys.readouterr().out.splitlines() == [
        "[2/6] a step ... 0 s",
        "      left out: chromium (browser tests)",
    ]
    assert made.is_done()
    assert made.notes() == ["left out: chromium (browser tests)"]


def test_a_failure_shows_the_end_of_the_log_and_leaves_the_step_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(log: Log) -> list[str]:
        log.call("sh", "-c", "echo no route to the shop; exit 3", advice="plug in the network.")
        return []

    made = Step("a-step", "a step", lambda: b"", fail)
    with pytest.raises(SetupError, match="ended with status 3") as caught:
        made.run("1/1")
    assert caught.value.advice == "plug in the network."
    assert capsys.readouterr().out.splitlines()[-1] == "    no route to the shop"
    assert not made.is_done()


def test_the_list_of_packages_says_what_each_is_for() -> None:
    purposes = ("shop", "engines", "demo", "test", "compile", "llama")
    rows = {package: use for purpose in purposes for package, use in debian.packages_for(purpose).items()}
    lines = [line for line in debian.PACKAGES.read_text().splitlines() if not line.startswith("#")]
    assert len(rows) == len(lines)
    assert rows["chromium"] == "browser tests"


def test_what_may_not_be_installed_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch, local: Path) -> None:
    monkeypatch.setattr(debian.apt, "is_debian", lambda: True)
    monkeypatch.setattr(debian.apt, "may_install", lambda: None)
    monkeypatch.setattr(debian.apt, "is_installed", lambda name: name != "espeak-ng")
    notes = debian.install("shop", Log(local / "log"))
    assert notes[-1].strip() == "to install them: sudo apt-get install espeak-ng"
    assert all(len(note) < 120 for note in notes)


def test_a_shop_is_set_up_where_apt_reaches_no_one(monkeypatch: pytest.MonkeyPatch, local: Path) -> None:
    def update(log: Log) -> None:
        raise SetupError("no network", "")

    monkeypatch.setattr(debian.apt, "is_debian", lambda: True)
    monkeypatch.setattr(debian.apt, "may_install", lambda: ())
    monkeypatch.setattr(debian.apt, "is_installed", lambda name: name != "espeak-ng")
    monkeypatch.setattr(debian.apt, "update", update)
    monkeypatch.setattr(debian.platform, "machine", lambda: "x86_64")
    (made,) = debian.steps("shop")
    made.run("1/6")
    assert made.notes()[0] == "skipped, because apt can't reach its servers: espeak-ng"


def test_a_long_step_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(step, "PROGRESS_S", 0.001)
    seen = threading.Event()
    monkeypatch.setattr(step, "print", lambda *words, **_: "s ..." in words[0] and seen.set(), raising=False)

    def wait(log: Log) -> list[str]:
        assert seen.wait(30)
        return []

    Step("a-step", "a step", lambda: b"", wait).run("1/1")


def test_the_scripts_are_sound() -> None:
    for shell, script in (("sh", "run"), ("bash", ".ci/run"), ("bash", ".ci/steps")):
        assert subprocess.run([shell, "-n", ROOT / script], check=False).returncode == 0
        assert (ROOT / script).stat().st_mode & 0o111
    done = subprocess.run([ROOT / "run", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no command 'nonsense'" in done.stderr
