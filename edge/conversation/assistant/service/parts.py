"""Counts conversations for head office's limit."""

from __future__ import annotations

from collections.abc import Iterator

from edge.conversation.assistant.service.conversation_count import ConversationCount
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """See the module."""
    if context.office:
        yield Part("conversation_count", ConversationCount(context.shop, context.office).run, stage=Stage.BACKGROUND)
