"""Release archive: the files of one commit, reproducible byte for byte.

Only tracked files are included. A private key, an edited configuration or an earlier release in the folder therefore
never reaches the boxes.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from edge.lib.errors import ConfigError, NeedsHuman

NAMES_SHOWN = 5
_PRIVATE_KEY = re.compile(rb"^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----", re.MULTILINE)
"""Marks a private key, which may also follow a certificate, as in a server's PEM file."""


class Commit(NamedTuple):
    """A commit and its time in seconds since 1970, which becomes every file's time."""

    id: str
    made_s: int


def require_outside(root: Path, **places: Path) -> None:
    """Refuse a key or an output folder inside the project. Raises `ConfigError`."""
    for what, place in places.items():
        if place.resolve().is_relative_to(root.resolve()):
            advice = f"Use a folder outside {root}, so that it can't end up in a release."
            raise ConfigError(f"The {what} {place} is inside the project folder.", advice)


def clean_commit(root: Path) -> Commit:
    """Return the checked-out commit. Raises `NeedsHuman` if this isn't a clone or has changes."""
    if not (root / ".git").exists():
        raise NeedsHuman(f"{root} isn't a git clone, so the files of the release are unknown.", "Use a fresh clone.")
    changed = [line[3:] for line in _git(root, "status", "--porcelain").decode(errors="replace").splitlines()]
    # git status doesn't report changes to files marked assume-unchanged ("h") or skip-worktree ("S")
    marked = _git(root, "ls-files", "-v").decode(errors="replace").splitlines()
    changed += [line[2:] for line in marked if line[0].islower() or line[0] == "S"]
    if changed:
        names = ", ".join(changed[:NAMES_SHOWN])
        more = f" and {len(changed) - NAMES_SHOWN} more" if len(changed) > NAMES_SHOWN else ""
        raise NeedsHuman(
            f"Files differ from the last commit: {names}{more}.", "Commit or remove them, or use a fresh clone."
        )
    id, made_s = _git(root, "log", "-1", "--format=%H %ct").decode().split()
    return Commit(id, int(made_s))


def pack(root: Path, commit: Commit, target: Path, top: str = ".") -> None:
    """Write the commit's files to `target`, a gzipped tar, under the folder `top`: sorted by name, owned by root, with
    the commit's time. Names starting with a dot are excluded."""
    tracked = _git(root, "ls-tree", "-r", "-z", commit.id).decode().rstrip("\0").split("\0")
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for line in sorted(tracked, key=lambda one: one.partition("\t")[2]):
            about, _, name = line.partition("\t")
            if not any(part.startswith(".") for part in Path(name).parts):
                _add(archive, root, f"{top}/{name}", name, about.split()[0], commit)


def _add(archive: tarfile.TarFile, root: Path, member: str, name: str, mode: str, commit: Commit) -> None:
    info = tarfile.TarInfo(member)
    info.mtime = commit.made_s
    if stat.S_ISLNK(int(mode, 8)):
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, str((root / name).readlink()), 0o777
        archive.addfile(info)
        return
    info.mode = 0o755 if int(mode, 8) & 0o100 else 0o644
    body = (root / name).read_bytes()
    if _PRIVATE_KEY.search(body):
        raise NeedsHuman(f"{name} contains a private key, and git tracks it.", "Remove it, and create a new key.")
    info.size = len(body)
    archive.addfile(info, io.BytesIO(body))


def _git(root: Path, *words: str) -> bytes:
    try:
        return subprocess.run(("git", *words), cwd=root, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise NeedsHuman("git isn't installed.", "apt-get install git") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise NeedsHuman(f"git {words[0]} failed: {said}", "Use a fresh clone.") from None
