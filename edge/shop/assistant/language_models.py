"""Asking a language model of the shop's, where there is one: late, broken or absent it says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import msgspec

from edge.core.services import Service
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Completed

T = TypeVar("T", bound=msgspec.Struct)

WITHIN_S = 3.0
"""In all, and without a second try."""

MODELS: Service[object] = Service("models of language")
"""Who answers (`edge.services.inference.Inference`); None: no model runs."""


@runtime_checkable
class LanguageModels(Protocol):
    """What is asked of it here."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Completed]: ...


async def answer_of(models: object, wanted: type[T], told: str, text: str, most_tokens: int) -> T | None:
    """What a model answers to a text, bound by a struct; None: nothing that is whole, in time and of that form.
    `told`: what it is to do, in words of ours alone."""
    if not isinstance(models, LanguageModels) or not models.has("llm"):
        return None
    from models.kinds import Complete, Message

    messages = (Message("system", told), Message("user", text))
    request = Complete(messages, schema=_schema(wanted), max_tokens=most_tokens)
    try:
        answer = await asyncio.wait_for(_reply(models, request), WITHIN_S)
        return msgspec.json.decode(answer.text, type=wanted) if answer.ended == "end" else None
    except (ModelError, TimeoutError, msgspec.MsgspecError):
        return None


@cache
def _schema(wanted: type[msgspec.Struct]) -> str:
    """What binds an answer: an object at its root, as servers want it."""
    whole = msgspec.json.schema(wanted)
    defs = whole["$defs"]
    return msgspec.json.encode({**defs.pop(wanted.__name__), "$defs": defs}).decode()


async def _reply(models: LanguageModels, request: Any) -> Completed:
    return await models.ask(request, WITHIN_S)
