"""Regular expressions compiled at set-up, because compiling the 800 patterns of a start takes a tenth of it.

`re` compiles in Python, and `_sre` only loads the result. The result depends only on the pattern, its flags and this
Python version, so it can't become outdated. Other patterns are compiled as usual.
"""

from __future__ import annotations

import marshal
import re
import sys
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from edge.lib.prepared_files import DIGEST_BYTES, bytecode_folder, digest_of, read_prepared, write_prepared

_compiler: Any = re._compiler  # type: ignore[attr-defined]
_loader: Any = _compiler._sre
Asked: TypeAlias = tuple[str | bytes, int]
"""A pattern and its flags, as passed to `re.compile`."""
Compiled: TypeAlias = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]
"""Arguments of `_sre.compile` after the pattern: flags, code, groups, and the groups' names both ways."""
_WORD = "I"
"""Array type of compiled code (`_sre.CODESIZE`)."""


class _Recorder:
    """Replaces `_sre` in the compiler and records the compiled patterns."""

    def __init__(self) -> None:
        self.last: Compiled | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(_loader, name)

    def compile(
        self,
        pattern: Any,
        flags: int,
        code: list[int],
        groups: int,
        named: dict[str, int],
        names: tuple[str | None, ...],
    ) -> re.Pattern[Any]:
        self.last = (int(flags), array(_WORD, code).tobytes(), groups, dict(named), names)
        made: re.Pattern[Any] = _loader.compile(pattern, flags, code, groups, named, names)
        return made


@contextmanager
def recorded_patterns() -> Iterator[dict[Asked, Compiled]]:
    """Collect the patterns compiled in this context. For set-up, in a process with one thread."""
    found: dict[Asked, Compiled] = {}
    recorder, usual = _Recorder(), _compiler.compile

    def compile_pattern(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        made: re.Pattern[Any] = usual(pattern, flags)
        if _is_preparable(pattern, flags) and recorder.last is not None:
            found[pattern, int(flags)] = recorder.last
        return made

    _compiler.compile, _compiler._sre = compile_pattern, recorder
    try:
        yield found
    finally:
        _compiler.compile, _compiler._sre = usual, _loader


def write_patterns(found: dict[Asked, Compiled]) -> None:
    """Save collected patterns for every later process."""
    content = marshal.dumps(found)
    write_prepared(_file(), _digest() + digest_of((content,)) + content)


def use_prepared_patterns() -> None:
    """From now on, load prepared patterns instead of compiling them. Does nothing if there are none for this Python
    version, or if their file is damaged."""
    kept = read_prepared(_file(), _digest()) or b""
    checksum, content = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    if digest_of((content,)) == checksum:
        _compiler.compile = _loads(marshal.loads(content), _compiler.compile)  # nosec B302 - our own, and whole


def _loads(known: dict[Asked, Compiled], usual: Callable[..., re.Pattern[Any]]) -> Callable[..., re.Pattern[Any]]:
    def compile_pattern(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        kept = known.get((pattern, flags)) if _is_preparable(pattern, flags) else None
        if kept is None:
            return usual(pattern, flags)
        full, code, groups, named, names = kept
        made: re.Pattern[Any] = _loader.compile(pattern, full, array(_WORD, code).tolist(), groups, named, names)
        return made

    return compile_pattern


def _is_preparable(pattern: Any, flags: int) -> bool:
    """Whether a pattern is text or bytes, compiles without a warning, and means the same in every locale."""
    return isinstance(pattern, str | bytes) and not flags & (re.DEBUG | re.LOCALE)


def _file() -> Path:
    return bytecode_folder(__file__) / "patterns"


def _digest() -> bytes:
    return digest_of((sys.version.encode(), b"%d %d" % (_loader.MAGIC, _loader.CODESIZE), sys.byteorder.encode()))
