"""Files made of the sources once and kept beside their bytecode: words that were read, templates that were compiled.

Set-up makes them (`edge/app/prepare_files.py`). A process that finds none, or one of other sources, does the work
itself and keeps the result where it may write, as Python does with bytecode.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

DIGEST_BYTES = 16


def bytecode_folder(module_file: str) -> Path:
    """Where the bytecode of a module lies, and what is prepared for it (`__file__`)."""
    return Path(cache_from_source(module_file)).parent


def digest_of(sources: Iterable[bytes]) -> bytes:
    """What tells sources from others, `DIGEST_BYTES` long."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for source in sources:
        digest.update(b"%d " % len(source))
        digest.update(source)
    return digest.digest()


def read_prepared(file: Path, digest: bytes) -> bytes | None:
    """What was made of these sources; None: it was made of others, or not at all."""
    try:
        found = file.read_bytes()
    except OSError:
        return None
    return found[DIGEST_BYTES:] if found[:DIGEST_BYTES] == digest else None


def write_prepared(file: Path, content: bytes) -> None:
    """Keep it, whole or not at all; nothing where this process may not write, or is to leave no bytecode."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as made:
            made.write(content)
        Path(made.name).chmod(0o644)  # as bytecode: nothing in it is secret
        Path(made.name).replace(file)
