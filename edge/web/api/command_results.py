"""What commands give back, as their handlers say it: nothing is declared twice."""

from __future__ import annotations

import types
from functools import partial
from typing import Any, Union, get_args, get_origin, get_type_hints

from edge.core.messages import Refused
from edge.core.registry import CommandSpec
from edge.shop.till.rules.basket import Basket


def result_type(spec: CommandSpec) -> Any:
    """The type of a command's result, a repeat of which gives none; `Any` where its handler does not say."""
    handler = spec.handler.func if isinstance(spec.handler, partial) else spec.handler
    said = get_type_hints(handler).get("return", Any)
    if said is Any:
        return Any
    of = get_args(said) if get_origin(said) in (Union, types.UnionType) else (said,)
    given = [one for one in of if one not in (Refused, types.NoneType)]
    return Union[(*given, None)] if given else None


def has_basket(result: Any) -> bool:
    """Whether what is given back is a basket, beside which its sums stand (`api.registry`)."""
    return any(isinstance(one, type) and issubclass(one, Basket) for one in (result, *get_args(result)))
