"""Where the panel is and what opens it, in a file that only the appliance's user reads."""

from __future__ import annotations

from pathlib import Path

from edge.core.storage.whole import write_whole

TOKEN_FILE = "panel.token"


def write_token(folder: Path, address: str, token: str) -> None:
    """Put the file there, in place of the one from before the start."""
    write_whole(folder / TOKEN_FILE, f"{address}\n{token}\n".encode(), durable=False)


def read_token(folder: Path) -> tuple[str, str]:
    """Address (`host:port`) and token. `OSError`, `ValueError`: there is no such file, or it is something else."""
    address, token = (folder / TOKEN_FILE).read_text().split()
    return address, token
