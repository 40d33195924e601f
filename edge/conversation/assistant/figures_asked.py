"""A manager's question in the chat of the stock: who answers it.

What the stock's keeper has no answer to is asked beside the till, of whoever reads managers' questions; the turn then
says their answer. So this folder needs none of them to stand.
"""

from __future__ import annotations

from typing import Any, Protocol

from edge.conversation.assistant.told_figures import ToldFigures
from edge.core.messages import Actor
from edge.core.services import Service


class FiguresTeller(Protocol):
    """Who answers them."""

    async def told(
        self, site: Any, actor: Actor, text: str, language: str, about: str, surely: bool
    ) -> ToldFigures | None:
        """The answer, under the asker's rights; None: it is no such question, or not theirs to ask. `surely`: it is
        one, so what of it is not understood is said."""
        ...


class NobodyTells:
    """A site where nobody answers them."""

    async def told(
        self, site: Any, actor: Actor, text: str, language: str, about: str, surely: bool
    ) -> ToldFigures | None:
        return None


FIGURES: Service[FiguresTeller] = Service("a manager's questions in a conversation", lambda site: NobodyTells())
