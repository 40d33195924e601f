"""A release has the committed files and nothing else, and the same commit gives the same bytes."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from edge import __version__
from edge.__main__ import main
from edge.app.cli import changelog, release_archive, release_package
from edge.app.cli import release as release_cli
from edge.lib.errors import ConfigError
from sync.directive_signing import Signer, new_key
from tests.release_clone import git, make_clone


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_clone(tmp_path / "program")
    monkeypatch.setattr(release_cli, "ROOT", made)
    (tmp_path / "releases.pem").write_bytes(new_key())
    return made


def _make(out: Path, key: Path) -> int:
    return main(["release", "make", str(out), "--key", str(key)])


def test_a_key_beside_the_program_is_never_packed(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = clone / "releases.pem"
    key.write_bytes(new_key())
    assert _make(tmp_path / "out", key) == 1
    assert "is inside the project folder" in capsys.readouterr().err
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1, "another key that lies about, untracked"
    assert "releases.pem" in capsys.readouterr().err
    git(clone, "add", "releases.pem")
    git(clone, "commit", "-q", "-m", "a key by mistake")
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1
    assert "releases.pem contains a private key" in capsys.readouterr().err
    key.unlink()
    (clone / "server.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + new_key())
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "a certificate with its key")
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1
    assert "server.pem contains a private key" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*.json")), "nothing was signed"


def test_an_output_folder_below_the_project_is_refused(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _make(clone / "data" / "out", tmp_path / "releases.pem") == 1
    assert "is inside the project folder" in capsys.readouterr().err
    assert not (clone / "data" / "out").exists()


@pytest.mark.parametrize("name", ["config.toml", "edge/forgotten.py"])
def test_a_folder_that_differs_from_its_commit_is_refused(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (clone / name).write_text("[store]\npin = 1\n")
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1
    assert f"Files differ from the last commit: {name}" in capsys.readouterr().err


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_to_overlook_is_refused_too(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    git(clone, "update-index", mark, "config.toml")
    (clone / "config.toml").write_text("[store]\npin = 1\n")
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1
    assert "Files differ from the last commit: config.toml" in capsys.readouterr().err


def test_what_is_no_clone_makes_no_release(clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / ".git").rename(tmp_path / "elsewhere")
    assert _make(tmp_path / "out", tmp_path / "releases.pem") == 1
    assert "isn't a git clone" in capsys.readouterr().err


def test_the_same_commit_gives_the_same_bytes(clone: Path, tmp_path: Path) -> None:
    key = tmp_path / "releases.pem"
    assert _make(tmp_path / "one", key) == 0
    make_clone(tmp_path / "again")
    for file in clone.rglob("*.py"):
        file.touch()
    assert _make(tmp_path / "two", key) == 0
    (one,), (two,) = (list((tmp_path / name).glob("*.tar.gz")) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with tarfile.open(one) as packed:
        members = packed.getmembers()
    assert [member.name for member in members] == ["./config.toml", "./edge/__main__.py", "./run"]
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "")}
    assert members[-1].mode == 0o755


def test_all_files_of_a_release_are_signed_and_a_changed_one_is_found(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, key = tmp_path / "out", tmp_path / "releases.pem"
    assert _make(out, key) == 0
    public = Signer.load(key).public
    assert main(["release", "verify", str(out), "--key", public]) == 0
    assert capsys.readouterr().out.count("ok        edge-store-") == 3, "archive, what is said of it, bill of materials"
    (bill,) = out.glob("*.cdx.json")
    assert json.loads(bill.read_text())["bomFormat"] == "CycloneDX"
    checked = subprocess.run(["sha256sum", "-c", release_package.SUMS], cwd=out, capture_output=True, check=False)
    assert checked.returncode == 0, "anybody can check them"
    bill.write_text("{}")
    assert main(["release", "verify", str(out), "--key", public]) == 1
    assert "doesn't match its signature" in capsys.readouterr().err
    (out / release_package.SUMS).write_text("")
    assert main(["release", "verify", str(out), "--key", public]) == 1
    assert "weren't signed with that key" in capsys.readouterr().err


def test_the_notes_of_a_release_are_what_the_changelog_says_of_it(tmp_path: Path) -> None:
    file = tmp_path / "CHANGELOG.md"
    file.write_text(
        "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2027-01-01\n\n### Added\n- a key\n\n## [1.0.0]\nFirst.\n"
    )
    assert changelog.notes_of(file, "1.1.0") == "### Added\n- a key"
    assert changelog.notes_of(file, "1.0.0") == "First."
    with pytest.raises(ConfigError, match=r"has no entry for 1\.2\.0"):
        changelog.notes_of(file, "1.2.0")


@pytest.mark.needs("dpkg-deb")
def test_the_debian_package_has_the_release_and_sets_it_up(clone: Path, tmp_path: Path) -> None:
    commit = release_archive.clean_commit(clone)
    archive = tmp_path / "archive.tar.gz"
    release_archive.pack(clone, commit, archive)
    debs = [tmp_path / f"{name}.deb" for name in ("one", "two")]
    for deb in debs:
        release_package.make_deb(archive, None, "1.0.0", commit, deb)
    assert debs[0].read_bytes() == debs[1].read_bytes()
    listed = subprocess.run(["dpkg-deb", "-c", debs[0]], capture_output=True, text=True, check=True).stdout
    assert "root/root" in listed and "./opt/edge-store/edge/__main__.py" in listed
    subprocess.run(["dpkg-deb", "-e", debs[0], tmp_path / "control"], check=True)
    assert "./run install" in (tmp_path / "control" / "postinst").read_text()
    assert "Depends: adduser" in (tmp_path / "control" / "control").read_text()


def test_an_image_and_its_update_are_signed_together(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = __version__
    update = tmp_path / "made" / "update" / f"edge-store-{own}.tar.gz"
    update.parent.mkdir(parents=True)
    update.write_bytes(b"a slot and its kernel")
    key = tmp_path / "releases.pem"
    sign = ["release", "sign-image", str(update), "--key", str(key)]
    assert main(sign) == 1
    assert f"edge-{own}.img is missing" in capsys.readouterr().err
    image = tmp_path / "made" / f"edge-{own}.img"
    image.write_bytes(b"a disk")
    assert main(sign) == 0
    assert main(sign) == 0, "again"
    verify = ["release", "verify", str(tmp_path / "made"), "--key", Signer.load(key).public]
    assert main(verify) == 0
    assert json.loads(update.with_suffix("").with_suffix(".json").read_bytes())
    image.write_bytes(b"a disk of somebody else")
    capsys.readouterr()
    assert main(verify) == 1
    assert f"edge-{own}.img doesn't match its signature" in capsys.readouterr().err
    (tmp_path / "made" / release_package.SUMS).write_text("0  edge-store.deb\n")
    assert main(sign) == 1
    assert "Make the image in a folder of its own" in capsys.readouterr().err


SETUP = """
import sys
from pathlib import Path

out = Path(sys.argv[-3] if "--trust" in sys.argv else sys.argv[-1])
if "--trust" in sys.argv:
    (out / "update").mkdir(parents=True)
    (out / "edge-VERSION.img").write_text(sys.argv[-1])
    out = out / "update" / "edge-store-VERSION.tar.gz"
out.write_text("made")
"""


def test_a_release_may_have_its_image_signed_with_the_same_key(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own, key, out = __version__, tmp_path / "releases.pem", tmp_path / "out"
    (tmp_path / "played" / "setup").mkdir(parents=True)
    (tmp_path / "played" / "setup" / "__init__.py").touch()
    for name in ("__main__.py", "image.py"):  # making a bill of materials and an image takes minutes
        (tmp_path / "played" / "setup" / name).write_text(SETUP.replace("VERSION", own))
    monkeypatch.setattr(release_cli, "PROGRAM", tmp_path / "played")
    make = ["release", "make", str(out), "--key", str(key), "--image"]
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert main(make) == 1
    assert "Only root can make a disk image" in capsys.readouterr().err
    assert not out.exists(), "asked before anything is made"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main(make) == 0
    public = Signer.load(key).public
    assert (out / "image" / f"edge-{own}.img").read_text() == public, "its boxes accept what this key signs"
    for folder in (out, out / "image"):
        capsys.readouterr()
        assert main(["release", "verify", str(folder), "--key", public]) == 0
        assert "not here" not in capsys.readouterr().out
