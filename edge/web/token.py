"""The panel's address and token, in a file readable only by the appliance's user."""

from __future__ import annotations

from pathlib import Path

from edge.core.storage.atomic_write import write_whole

TOKEN_FILE = "panel.token"


def write_token(folder: Path, address: str, token: str) -> None:
    """Write the file, replacing the one of the previous start. Raises `OSError` if it can be neither replaced nor
    overwritten."""
    body = f"{address}\n{token}\n".encode()
    try:
        write_whole(folder / TOKEN_FILE, body, durable=False)
    except OSError:
        with (folder / TOKEN_FILE).open("r+b") as file:  # a full disk can still overwrite in place
            file.write(body)
            file.truncate()


def read_token(folder: Path) -> tuple[str, str]:
    """Read address (`host:port`) and token. Raises `OSError` or `ValueError` if the file is missing or invalid."""
    address, token = (folder / TOKEN_FILE).read_text().split()
    return address, token
