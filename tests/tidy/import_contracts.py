"""Kinds of import contracts that import-linter has not: doors, what may be used of what is
forbidden, and no circle at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.domain.helpers import module_expression_to_modules, module_expressions_to_modules
from importlinter.domain.imports import ModuleExpression


class DoorsContract(Contract):
    """What of some packages others may import.

    `packages`: whose insides are no one else's. `importers`: to whom that is said. `public`: "package: name name",
    names inside of it that are open, with all below them. The package is named by its last part, and `*` is each of
    them; as a name, `*` is all that is inside.
    """

    type_name = "doors"

    packages = fields.ListField(subfield=fields.ModuleExpressionField())
    importers = fields.ListField(subfield=fields.ModuleExpressionField())
    public = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Whether anyone imports what is not public, or something is public that no one imports."""
        public = _public(self.public)  # type: ignore[arg-type]
        importers = {one.name for one in module_expressions_to_modules(graph, self.importers, as_packages=True)}  # type: ignore[arg-type]
        broken, used = [], set()
        for expression in self.packages:  # type: ignore[attr-defined]
            for package in sorted(one.name for one in module_expression_to_modules(graph, expression, False)):
                names = public.get("*", ()) + public.get(package.rpartition(".")[2], ())
                for importer, inside in _imports_of(graph, package, importers):
                    door = next(
                        (name for name in names if name == "*" or f"{inside}.".startswith(f"{package}.{name}.")), None
                    )
                    if door is None:
                        broken.append((importer, inside))
                    used.add((package.rpartition(".")[2], door))
        unused = [
            f"{of}: {name}" for of, names in public.items() for name in names if of != "*" and (of, name) not in used
        ]
        return ContractCheck(kept=not broken and not unused, metadata={"broken": broken, "unused": unused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Each import that passes by the doors, and each door that no one uses."""
        for importer, inside in check.metadata["broken"]:
            output.print_error(f"{importer} imports {inside}, which is not public", bold=False)
        for door in check.metadata["unused"]:
            output.print_error(f"{door} is public, and nobody imports it", bold=False)


class ForbiddenRestContract(ForbiddenContract):
    """Some modules know nothing of others, but for what is `allowed` of these, whatever that stands on."""

    type_name = "forbidden_rest"

    allowed = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """As of what is forbidden, directly or by way of others."""
        _without(graph, self.allowed)  # type: ignore[arg-type]
        return super().check(graph, verbose)


class AcyclicContract(Contract):
    """No module imports itself by way of others, nor do `faces`, where those of one package are taken as one."""

    type_name = "acyclic"

    faces = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Which modules name each other in a circle, the first that is found."""
        units = {module: module for module in graph.modules}
        circle = _circle(graph, units)
        for face in module_expressions_to_modules(graph, self.faces, as_packages=False):  # type: ignore[arg-type]
            inside = {face.name, *graph.find_descendants(face.name)}
            units |= dict.fromkeys(inside, f"the faces of {face.name.rpartition('.')[0]}")
        circle = circle or _circle(graph, units)
        return ContractCheck(kept=not circle, metadata={"circle": circle})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """The circle, each with what it imports."""
        output.print_error(" imports ".join(check.metadata["circle"]), bold=False)


def _circle(graph: grimp.ImportGraph, units: dict[str, str]) -> list[str]:
    imports: dict[str, set[str]] = {}
    for module in sorted(graph.modules):
        imported = {units[one] for one in graph.find_modules_directly_imported_by(module)}
        imports.setdefault(units[module], set()).update(imported - {units[module]})
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _without(graph: grimp.ImportGraph, expressions: Iterable[ModuleExpression]) -> None:
    for module in module_expressions_to_modules(graph, expressions, as_packages=True):
        graph.remove_module(module.name)


def _public(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {of.strip(): tuple(names.split()) for of, _, names in (line.partition(":") for line in lines)}


def _imports_of(graph: grimp.ImportGraph, package: str, importers: set[str]) -> Iterator[tuple[str, str]]:
    """Who of `importers` imports something inside of a package from outside of it."""
    for inside in sorted(graph.find_descendants(package)):
        for importer in sorted(graph.find_modules_that_directly_import(inside) & importers):
            if not f"{importer}.".startswith(f"{package}."):
                yield importer, inside
