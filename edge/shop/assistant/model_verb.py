"""Where rules find no verb, a language model may say which it is: one word of a closed list, and nothing else.

It chooses no goods and no amounts: those stay what the rules found in the sentence. What comes of its word waits for a
yes. What it says is only read whole, by its schema; late or broken it is nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import msgspec

from edge.core.services import Service
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Completed

WITHIN_S = 3.0
SAID = (
    "A person who works in a shop says one sentence. Which of these does it say about goods in stock? "
    "out: goods were taken. in: goods came. waste: goods were thrown away or broken. adjust: goods were counted. "
    "none: anything else, also what is planned, asked or did not happen."
)


class _Verb(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    verb: Literal["out", "in", "waste", "adjust", "none"]


@runtime_checkable
class LanguageModels(Protocol):
    """Who answers: `edge.services.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Completed]: ...


MODELS: Service[object] = Service("models of language")
"""What may know a verb where no rule does; None: no model runs."""


async def verb_of(models: object, text: str) -> str:
    """The verb that a model finds in a sentence; "" for none, and where there is no model, or no word of it in time."""
    if not isinstance(models, LanguageModels) or not models.has("llm"):
        return ""
    from models.kinds import Complete, Message

    schema = msgspec.json.encode(msgspec.json.schema(_Verb)["$defs"]["_Verb"]).decode()
    request = Complete((Message("system", SAID), Message("user", text)), schema=schema, max_tokens=16)
    try:
        answer = await asyncio.wait_for(_reply(models, request), WITHIN_S)
        if answer.ended != "end":
            return ""
        verb = msgspec.json.decode(answer.text, type=_Verb).verb
    except (ModelError, TimeoutError, msgspec.MsgspecError):
        return ""
    return "" if verb == "none" else verb


async def _reply(models: LanguageModels, request: Any) -> Completed:
    return await models.ask(request, WITHIN_S)
