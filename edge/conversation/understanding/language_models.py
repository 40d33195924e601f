"""Calls to local models. A late, broken or missing model counts as no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import msgspec

from edge.core.services import Service
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Complete

T = TypeVar("T", bound=msgspec.Struct)

WITHIN_S = 3.0
"""Time limit in seconds in total, without a retry."""

MODELS: Service[object] = Service("models of language")
"""The model service (`edge.runtime.inference.Inference`); None: no model is running."""


@runtime_checkable
class AskedModels(Protocol):
    """The part of the model runtime used to understand sentences."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Any]: ...


async def ask_model(models: object, kind: str, request: Callable[[], Any], within_s: float) -> Any:
    """The reply of a model of this kind; None if there is none or it isn't in time. `request` is called only if there
    is a model."""
    if not isinstance(models, AskedModels) or not models.has(kind):
        return None
    try:
        return await asyncio.wait_for(_reply(models, request(), within_s), within_s)
    except (ModelError, TimeoutError):
        return None


async def answer_of(
    models: object, wanted: type[T], told: str, text: str, most_tokens: int, within_s: float = WITHIN_S
) -> T | None:
    """A language model's answer to a text, constrained to a struct; None if it's late, incomplete or malformed. `told`:
    the instructions, in our own words only."""

    def request() -> Complete:
        from models.kinds import Complete, Message

        messages = (Message("system", told), Message("user", text))
        return Complete(messages, schema=_schema(wanted), max_tokens=most_tokens)

    answer = await ask_model(models, "llm", request, within_s)
    if answer is None or answer.ended != "end":
        return None
    try:
        return msgspec.json.decode(answer.text, type=wanted)
    except msgspec.MsgspecError:
        return None


@cache
def _schema(wanted: type[msgspec.Struct]) -> str:
    """The JSON schema that constrains an answer, with an object at the root as servers require."""
    whole = msgspec.json.schema(wanted)
    defs = whole["$defs"]
    return msgspec.json.encode({**defs.pop(wanted.__name__), "$defs": defs}).decode()


async def _reply(models: AskedModels, request: Any, within_s: float) -> Any:
    return await models.ask(request, within_s)
