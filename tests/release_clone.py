"""A small clone of a program, from which a release is made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

COMMITTED = "2026-05-01T12:00:00+00:00"
_FILES = {
    "run": "#!/bin/sh\n",
    "edge/__main__.py": "print(1)\n",
    "config.toml": "[store]\n",
    ".gitignore": "/data/\n/.venv/\n",
}
_IGNORED = ("data/ledger.db", ".venv/bin/python")


def make_clone(folder: Path) -> Path:
    """A committed program in `folder`, with ignored files of this machine beside it."""
    for name, text in {**_FILES, **dict.fromkeys(_IGNORED, "x")}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "run").chmod(0o755)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "program")
    return folder


def git(folder: Path, *words: str) -> None:
    """One command of git, as no one in particular and at a fixed time."""
    who = {f"GIT_{role}_{what}": "edge@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": COMMITTED, "GIT_COMMITTER_DATE": COMMITTED}
    env = {**os.environ, **who, **when, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    subprocess.run(("git", *words), cwd=folder, env=env, check=True, capture_output=True)
