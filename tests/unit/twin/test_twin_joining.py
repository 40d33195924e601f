"""Asking a box to let this machine in: whatever answers there, the owner is told what it is and what to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from edge.backoffice.twin.membership import joining
from edge.lib.errors import NeedsHuman
from sim.ports import free_port


@contextmanager
def _answering(status: int, body: bytes) -> Iterator[str]:
    """Something that answers all that it is asked with this; at which address."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _said(at: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(joining, "BEGINS_ANEW_S", 0.0)
    with pytest.raises(NeedsHuman) as told:
        joining.join(folder, at, "witness", 1, 0, lambda digits: None)
    return str(told.value)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (503, b"<html>a router</html>", "HTTP 503"),
        (404, b"", "HTTP 404"),
        (422, b'{"detail": "Too many wait."}', "Too many wait"),
    ],
)
def test_what_answers_and_lets_no_one_in_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, why: str
) -> None:
    with _answering(status, body) as at:
        said = _said(at, tmp_path, monkeypatch)
    assert at in said and why in said, said


def test_that_no_one_answers_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = f"127.0.0.1:{free_port()}"
    assert at in _said(at, tmp_path, monkeypatch)
