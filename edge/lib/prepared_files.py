"""Files generated from sources and stored next to their bytecode: parsed texts, compiled templates.

Set-up generates them (`edge/app/prepare_files.py`). A process that finds none, or outdated ones, regenerates them and
saves the result if it has write access, like Python's bytecode.
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
    """Return the bytecode folder of a module (`__file__`), which also contains its prepared files."""
    return Path(cache_from_source(module_file)).parent


def digest_of(sources: Iterable[bytes]) -> bytes:
    """Digest of the sources, `DIGEST_BYTES` long."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for source in sources:
        digest.update(b"%d " % len(source))
        digest.update(source)
    return digest.digest()


def read_prepared(file: Path, digest: bytes) -> bytes | None:
    """Return content prepared from these sources; None if it is outdated or missing."""
    try:
        found = file.read_bytes()
    except OSError:
        return None
    return found[DIGEST_BYTES:] if found[:DIGEST_BYTES] == digest else None


def write_prepared(file: Path, content: bytes) -> None:
    """Save the content atomically. Does nothing without write access or when bytecode is disabled."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as made:
            made.write(content)
        Path(made.name).chmod(0o644)  # as for bytecode: nothing in it is secret
        Path(made.name).replace(file)
