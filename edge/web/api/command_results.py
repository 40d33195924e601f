"""What commands give back, as their handlers say it: nothing is declared twice."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web

from edge.core.messages import Refused
from edge.core.registry import CommandSpec
from edge.web.capability_pages import declarations
from edge.web.context import SITE, PanelContext


def result_type(spec: CommandSpec) -> Any:
    """The type of a command's result, a repeat of which gives none; `Any` where its handler does not say."""
    handler = spec.handler.func if isinstance(spec.handler, partial) else spec.handler
    said = get_type_hints(handler).get("return", Any)
    if said is Any:
        return Any
    of = get_args(said) if get_origin(said) in (Union, types.UnionType) else (said,)
    given = [one for one in of if one not in (Refused, NoReturn, types.NoneType)]
    return Union[(*given, None)] if given else None


class Beside(msgspec.Struct, frozen=True):
    """What stands beside a result that is of the type `to`, as the member `name`, which is of the type `type`: a
    capability declares it (`RESULTS`)."""

    to: type
    name: str
    type: Any
    make: Callable[[PanelContext, Any], Any]

    def is_beside(self, result: Any) -> bool:
        """Whether it stands beside what is declared as `result`."""
        return any(isinstance(one, type) and issubclass(one, self.to) for one in (result, *get_args(result)))


def companions() -> tuple[Beside, ...]:
    """All that stands beside results."""
    return declarations("RESULTS")


def beside(request: web.Request, result: Any) -> dict[str, Any]:
    """What stands beside this result, by the names of its members."""
    site = request.app[SITE]
    return {one.name: one.make(site, result) for one in companions() if isinstance(result, one.to)}
