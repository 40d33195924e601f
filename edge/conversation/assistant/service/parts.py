"""Translates names with a model, and counts conversations for head office's limit."""

from __future__ import annotations

from collections.abc import Iterator

from edge.conversation.assistant.service.conversation_count import ConversationCount
from edge.conversation.assistant.service.translating import TranslatingPart
from edge.core.process.parts import Part, Stage
from edge.runtime.models_state import RUNNING
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the part that translates names and, with a head office, the one that counts conversations."""
    models = context.services.of(RUNNING)
    yield Part("translating", TranslatingPart(context.shop, models).run, stage=Stage.BACKGROUND)
    if context.office:
        yield Part("conversation_count", ConversationCount(context.shop, context.office).run, stage=Stage.BACKGROUND)
