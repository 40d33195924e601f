"""Declarations of pages and routes, in a file created at set-up, so that the server starts without importing the
modules.

The file has all plain data: addresses, rights, positions in the menu. A function is imported when first called
(`LateImport`). The file is valid only while all its sources have the same time and size, and no declaring module is
missing from it. Otherwise, and without set-up, all modules are imported.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

import msgspec

from edge.core.endpoints import DONE, RESULT, Body, Endpoint
from edge.core.services import Service
from edge.lib.floors import EDGE
from edge.lib.late_import import LateHandler, LateImport
from edge.lib.prepared_files import DIGEST_BYTES, bytecode_folder, digest_of, read_prepared, write_prepared

KINDS = ("PAGES", "ENDPOINTS", "FRAGMENTS", "FINDERS", "OPEN_TO", "TEMPLATE_WORDS")
"""Kinds of declarations that are structs of plain values and functions."""
PROVIDES = "PROVIDES"
PREPARE = "prepare"
AT_START = "RESULTS"
"""Attributes that can't be stored in a file, because they refer to types: a module with one of these is always
imported.
"""
SOON = frozenset({PREPARE, "TEMPLATE_WORDS"})
"""A module with one of these is imported right after start-up: the first page needs it."""
DESCRIBED = frozenset({"query", "path_types", "body", "answer", "name"})
"""Fields of an endpoint that the table shortens, because only the API's description needs all of them."""
_PLAIN = (str, int, bool, float, type(None))

Frozen: TypeAlias = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
"""A serialised struct: the module and name of its class, its plain fields, the names of functions in other fields, and
its nested structs, serialised in the same way.
"""


class PageTable:
    """Declarations of modules by kind. `modules` are all modules with declarations, `late` those that aren't
    imported."""

    def __init__(self, modules: Sequence[str], late: dict[str, dict[str, list[Any]]]) -> None:
        self.modules = modules
        self._late = late

    def declarations(self, kind: str) -> Iterator[Any]:
        """All declarations of a kind, in the order of the modules."""
        of_fragment = {one[2]["name"]: name for name, kinds in self._late.items() for one in kinds.get("FRAGMENTS", ())}
        for name in self.modules:
            if name not in self._late:
                yield from getattr(import_module(name), kind, ())
            elif kind == PROVIDES:
                for number, service in enumerate(self._late[name].get(kind, ())):
                    yield Service(service), LateImport(name, kind, number, 1, before=self.before(name))
            else:
                for number, frozen in enumerate(self._late[name].get(kind, ())):
                    beside = [of_fragment[one] for one in frozen[2].get("fragments", ()) if one in of_fragment]
                    yield _struct(frozen, (name, kind, number), (*self.before(name), *beside))

    def before(self, name: str) -> tuple[str, ...]:
        """Return the modules to import before this one: a capability's pages before its routes, because they may use
        each other."""
        pages = f"{name.removesuffix('routes')}pages"
        return (pages,) if name.endswith(".routes") and pages in self.modules else ()

    def soon(self) -> list[str]:
        """Return the modules to import after the start, and those already imported."""
        found = (name for name in self.modules if name not in self._late or SOON & self._late[name].keys())
        return list(dict.fromkeys(one for name in found for one in (*self.before(name), name)))


def write_page_table(modules: Iterable[ModuleType]) -> None:
    """Save the declarations of these modules. The sources' current state is recorded, so call it right after importing
    them."""
    declaring = tuple(modules)
    late = {one.__name__: kinds for one in declaring if (kinds := _freeze_kinds(one)) is not None}
    content = marshal.dumps((_sources(), [one.__name__ for one in declaring], late))
    write_prepared(bytecode_folder(__file__) / "page-table", _digest() + digest_of((content,)) + content)


def read_page_table(names: Sequence[str]) -> PageTable | None:
    """Read the table if it contains exactly these modules with unchanged sources; None otherwise."""
    kept = read_prepared(bytecode_folder(__file__) / "page-table", _digest()) or b""
    mark, content = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    if digest_of((content,)) != mark:
        return None
    sources, modules, late = marshal.loads(content)  # nosec B302 - our own, and whole
    try:
        if modules != [*names] or any(_mark(path) != (at_ns, size) for path, at_ns, size in sources):
            return None
    except OSError:
        return None
    return PageTable(modules, {name: kinds for name, kinds in late.items() if name not in sys.modules})


def _sources() -> list[tuple[str, int, int]]:
    """Loaded sources of the appliance, with their times (ns) and sizes."""
    root = f"{EDGE.parent}{os.sep}"
    files = {str(getattr(module, "__file__", None) or "") for module in sys.modules.values()}
    return [(path, *_mark(path)) for path in sorted(files) if path.startswith(root) and path.endswith(".py")]


def _mark(path: str) -> tuple[int, int]:
    stat = os.stat(path)  # noqa: PTH116 - 1,900 times a start, and a Path takes as long again
    return stat.st_mtime_ns, stat.st_size


def _freeze_kinds(module: ModuleType) -> dict[str, list[Any]] | None:
    """Return the declarations of a module by kind; None if some can't be written to a file."""
    if hasattr(module, AT_START):
        return None
    kinds = {kind: [_freeze(_for_routes(one)) for one in getattr(module, kind, ())] for kind in KINDS}
    if any(frozen is None for each in kinds.values() for frozen in each):
        return None
    kinds[PROVIDES] = [service.name for service, _ in getattr(module, PROVIDES, ())]
    if hasattr(module, PREPARE):
        kinds[PREPARE] = []
    return {kind: each for kind, each in kinds.items() if each or kind == PREPARE}


def _for_routes(declared: Any) -> Any:
    """Return an endpoint without the types that only the API's description needs. Other declarations are returned
    unchanged."""
    if not isinstance(declared, Endpoint):
        return declared
    body = declared.body and Body(media=declared.body.media, limit_bytes=declared.body.limit_bytes)
    answer = declared.answer and (DONE if declared.answer is DONE else RESULT)
    return msgspec.structs.replace(declared, query={}, path_types={}, body=body, answer=answer, name=declared.id)


def _freeze(struct: msgspec.Struct) -> Frozen | None:
    plain: dict[str, Any] = {}
    functions: dict[str, str] = {}
    structs: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if field.default is not msgspec.NODEFAULT and value is field.default:
            continue
        if _is_plain(value):
            plain[field.name] = value
        elif isinstance(value, msgspec.Struct):
            structs[field.name] = _freeze(value)
        elif callable(value):
            functions[field.name] = getattr(value, "__name__", "")
        else:
            return None
    kind = type(struct)
    return None if None in structs.values() else (kind.__module__, kind.__name__, plain, functions, structs)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(one) for pair in value.items() for one in pair)
    if type(value) in (tuple, list, frozenset):
        return all(_is_plain(one) for one in value)
    return type(value) in _PLAIN


def _struct(frozen: Frozen, place: tuple[str, str, int], before: tuple[str, ...]) -> Any:
    """Recreate the struct. Its functions are imported when first called; a page's functions together with those of its
    fragments."""
    module, name, plain, functions, structs = frozen
    late = {
        field: (LateHandler if field == "handler" else LateImport)(*place, field, called, before)
        for field, called in functions.items()
    }
    again = {field: _struct(one, place, before) for field, one in structs.items()}
    return getattr(import_module(module), name)(**plain, **late, **again)


def _digest() -> bytes:
    return digest_of((sys.version.encode(),))
