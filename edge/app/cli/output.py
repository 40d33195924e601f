"""Speaking to whoever typed the command."""

from __future__ import annotations

import sys


def say(text: str = "", end: str = "\n") -> None:
    """A line on standard output, at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def progress(text: str) -> None:
    """A line that the next one replaces, where somebody is looking at a terminal."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{text}")
        sys.stdout.flush()


def finish_progress(text: str) -> None:
    """The last word on what `progress` showed."""
    say(f"\r\x1b[K{text}" if sys.stdout.isatty() else text)
