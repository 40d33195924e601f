"""Bytecode of all modules of a start in one file, made at set-up, because finding and opening 2,500 files takes a sixth
of the start.

A module is loaded from the file only while its source still has the same time and size, as with Python's own bytecode,
and only from the folder where its package looks for it. Top-level modules, and all others, are found as usual.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TypeAlias

from edge.lib.prepared_files import DIGEST_BYTES, bytecode_folder, digest_of, read_prepared, write_prepared

Place: TypeAlias = tuple[str, str, bool, int, int, int, int]
"""Source path, bytecode path, whether it is a package, the source's time (s) and size, and the code's offset and length
in the file."""


class PreparedFinder(MetaPathFinder):
    """Finds submodules whose code is in the file. Each is found once."""

    def __init__(self, file: int, places: dict[str, Place]) -> None:
        self._file = file
        self._places = places

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        place = self._places.pop(fullname, None)
        if place is None or path is None:
            return None
        source, cached, is_package, at_s, size, begins, length = place
        folder = source.rpartition("/")[0]
        if [*path] != [folder.rpartition("/")[0] if is_package else folder]:
            return None
        try:
            stat = os.stat(source)  # noqa: PTH116 - 2,500 times a start, and a Path takes as long again
        except OSError:
            return None
        if int(stat.st_mtime) != at_s or stat.st_size != size:
            return None
        loader = PreparedLoader(fullname, source, (self._file, begins, length))
        spec = ModuleSpec(fullname, loader, origin=source, is_package=is_package)
        spec.has_location, spec.cached = True, cached
        if is_package:
            spec.submodule_search_locations = [folder]
        return spec


class PreparedLoader(SourceFileLoader):
    """Loads a module's code from the file. Sources and data are loaded as usual."""

    def __init__(self, fullname: str, path: str, code: tuple[int, int, int]) -> None:
        super().__init__(fullname, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        file, begins, length = self._code
        try:
            code = marshal.loads(os.pread(file, length, begins))  # nosec B302 - our own bytecode
        except (EOFError, TypeError, ValueError):
            return super().get_code(fullname)
        return code if isinstance(code, CodeType) else super().get_code(fullname)


def write_modules(modules: Mapping[str, ModuleType]) -> None:
    """Save the code of submodules, by name, if it was loaded from sources."""
    places: dict[str, Place] = {}
    code = bytearray(DIGEST_BYTES)
    for name, module in sorted(modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or spec.name != name or "." not in name or type(spec.loader) is not SourceFileLoader:
            continue
        assert spec.origin
        stat = Path(spec.origin).stat()
        one = marshal.dumps(spec.loader.get_code(name))
        is_package = spec.submodule_search_locations is not None
        about = spec.origin, str(spec.cached), is_package, int(stat.st_mtime), stat.st_size
        places[name] = (*about, len(code), len(one))
        code += one
    index = marshal.dumps((len(code), places))
    code[:DIGEST_BYTES] = digest_of((index,))
    folder = bytecode_folder(__file__)
    write_prepared(folder / "modules", bytes(code))
    write_prepared(folder / "modules-index", _digest() + digest_of((index,)) + index)


def use_prepared_modules() -> None:
    """Load modules from the file from now on. Does nothing if the file is missing for this Python version, or
    damaged."""
    folder = bytecode_folder(__file__)
    kept = read_prepared(folder / "modules-index", _digest()) or b""
    mark, index = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    if digest_of((index,)) != mark:
        return
    try:
        file = os.open(folder / "modules", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    size, places = marshal.loads(index)  # nosec B302 - our own, and whole
    if os.pread(file, DIGEST_BYTES, 0) == mark and os.fstat(file).st_size == size:
        sys.meta_path.insert(0, PreparedFinder(file, places))
    else:  # left by another set-up that was interrupted
        os.close(file)


def _digest() -> bytes:
    return digest_of((sys.version.encode(),))
