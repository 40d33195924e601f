"""Result types of commands, derived from their handlers' annotations."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web

from edge.core.messages import Refused
from edge.core.registry import CommandSpec
from edge.lib.late_import import load_function
from edge.web.capability_pages import declarations
from edge.web.context import SITE, PanelContext


def result_type(spec: CommandSpec) -> Any:
    """Return the result type of a command; `Any` if it isn't annotated. Repeated commands have no result."""
    said = get_type_hints(load_function(spec.handler)).get("return", Any)
    if said is Any:
        return Any
    of = get_args(said) if get_origin(said) in (Union, types.UnionType) else (said,)
    given = [one for one in of if one not in (Refused, NoReturn, types.NoneType)]
    return Union[(*given, None)] if given else None


class Beside(msgspec.Struct, frozen=True):
    """Additional data returned with results of type `to`, as the member `name` of type `type`; declared by a capability
    in `RESULTS`."""

    to: type
    name: str
    type: Any
    make: Callable[[PanelContext, Any], Any]

    def is_beside(self, result: Any) -> bool:
        """Whether this data is returned with results of type `result`."""
        return any(isinstance(one, type) and issubclass(one, self.to) for one in (result, *get_args(result)))


def companions() -> tuple[Beside, ...]:
    """All declared companions of results."""
    return declarations("RESULTS")


def beside(request: web.Request, result: Any) -> dict[str, Any]:
    """Companion data for a result, by member name."""
    site = request.app[SITE]
    return {one.name: one.make(site, result) for one in companions() if isinstance(result, one.to)}
