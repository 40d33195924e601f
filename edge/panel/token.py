"""Where the panel is and what opens it, in a file that only the appliance's user reads."""

from __future__ import annotations

from pathlib import Path

TOKEN_FILE = "panel.token"


def write_token(folder: Path, address: str, token: str) -> None:
    """Put the file there, in place of the one from before the start."""
    path = folder / TOKEN_FILE
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_text(f"{address}\n{token}\n")
    beside.replace(path)


def read_token(folder: Path) -> tuple[str, str]:
    """Address (`host:port`) and token. `OSError`, `ValueError`: there is no such file, or it is something else."""
    address, token = (folder / TOKEN_FILE).read_text().split()
    return address, token
