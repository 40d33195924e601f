"""Where the panel is and what opens it, in a file that only the appliance's user reads."""

from __future__ import annotations

from pathlib import Path

from edge.core.storage.atomic_write import write_whole

TOKEN_FILE = "panel.token"


def write_token(folder: Path, address: str, token: str) -> None:
    """Put the file there, in place of the one from before the start. `OSError`: the disk takes neither a new one nor
    other words in the old one."""
    body = f"{address}\n{token}\n".encode()
    try:
        write_whole(folder / TOKEN_FILE, body, durable=False)
    except OSError:
        with (folder / TOKEN_FILE).open("r+b") as file:  # a full disk has room for what is as long as what was there
            file.write(body)
            file.truncate()


def read_token(folder: Path) -> tuple[str, str]:
    """Address (`host:port`) and token. `OSError`, `ValueError`: there is no such file, or it is something else."""
    address, token = (folder / TOKEN_FILE).read_text().split()
    return address, token
