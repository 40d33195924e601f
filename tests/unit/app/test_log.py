"""What the process says is for whoever listens; where no one does, it goes on anyway."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SPEAKS = """
import logging, structlog
from edge.core.process import log
log.set_up("info", {format!r})
for _ in range(1000):
    structlog.get_logger().warning("lost", part="scanner", what="x" * 100)
    logging.getLogger("aiohttp").warning("something")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("a fault of ours")
print("sells on")
"""


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("stderr", ["broken pipe", "full disk", "closed"])
def test_a_log_that_cannot_be_written_stops_nothing(stderr: str, format: str) -> None:
    read, write = os.pipe()
    os.close(read)
    full = os.open("/dev/full", os.O_WRONLY)
    speak = [sys.executable, "-c", SPEAKS.format(format=format)]
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh"] if stderr == "closed" else []
    try:
        ended = subprocess.run(
            [*closed, *speak], stdout=subprocess.PIPE, stderr=write if stderr == "broken pipe" else full
        )
    finally:
        os.close(write)
        os.close(full)
    assert ended.stdout == b"sells on\n"


def test_what_is_said_is_on_standard_error() -> None:
    said = subprocess.run([sys.executable, "-c", SPEAKS.format(format="json")], capture_output=True, text=True)
    assert said.stderr.count('"event": "lost"') == 1000
    assert "ZeroDivisionError" in said.stderr


CHECKS_A_PIN = """
import logging, structlog
from edge.core.process import log
log.set_up("info", {format!r})
def hash_pin(pin):
    try:
        raise MemoryError("no room")
    except MemoryError as error:
        raise RuntimeError("hashing failed") from error
def deeper(pin, calls):
    return deeper(pin, calls - 1) if calls else hash_pin(pin)
try:
    deeper("73519", 50)
except RuntimeError:
    structlog.get_logger().exception("a request failed by a fault of ours")
    logging.getLogger("asyncio").exception("a task failed")
"""


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_traceback_is_short_and_says_where_and_never_which_pin(format: str) -> None:
    """Where `rich` is installed, as for tests, structlog would show locals."""
    said = subprocess.run(
        [sys.executable, "-c", CHECKS_A_PIN.format(format=format)], capture_output=True, text=True
    ).stderr
    assert "73519" not in said
    for where in ("RuntimeError: hashing failed", "MemoryError: no room", "in hash_pin"):
        assert said.count(where) >= 2, said
    assert said.count("in deeper") <= 2 * 8
