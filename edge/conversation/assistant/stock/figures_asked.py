"""Route a manager's question in the stock chat to the copilot.

A question outside the stock domain is answered outside the writer thread, and the turn returns that answer. This
package doesn't depend on the copilot.
"""

from __future__ import annotations

from typing import Any, Protocol

from edge.conversation.assistant.stock.told_figures import ToldFigures
from edge.core.messages import Actor
from edge.core.services import Service


class FiguresTeller(Protocol):
    """Answers managers' questions."""

    async def answer_question(
        self, site: Any, actor: Actor, text: str, language: str, about: str, surely: bool
    ) -> ToldFigures | None:
        """The answer under the asker's rights; None if it isn't such a question or they may not ask it. `surely`: it is
        one, so unknown words are reported."""
        ...


class NobodyTells:
    """Placeholder for a site without a copilot."""

    async def answer_question(
        self, site: Any, actor: Actor, text: str, language: str, about: str, surely: bool
    ) -> ToldFigures | None:
        return None


FIGURES: Service[FiguresTeller] = Service("a manager's questions in a conversation", lambda site: NobodyTells())
