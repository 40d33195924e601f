"""Output helpers for commands."""

from __future__ import annotations

import sys


def say(text: str = "", end: str = "\n") -> None:
    """Print a line to standard output and flush."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def progress(text: str) -> None:
    """Show a line on a terminal that the next one replaces."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{text}")
        sys.stdout.flush()


def finish_progress(text: str) -> None:
    """Replace the progress line with a final one."""
    say(f"\r\x1b[K{text}" if sys.stdout.isatty() else text)
