"""The assistant: asks back, acts only through the door, says only what the door or a query returned. See README.md."""

from edge.core.registry import Capability, CommandSpec
from edge.core.storage.database import Connection
from edge.shop.access.rights import BASKET, STOCK
from edge.shop.assistant.commands import EndChat, TakeTurn
from edge.shop.assistant.handlers import end_chat, take_turn

__all__ = ["capability"]


def _set_back(db: Connection) -> None:
    """A backup's conversations know nothing of what was done since: none of them goes on."""
    db.execute("DELETE FROM chat_turn")
    db.execute("DELETE FROM chat_session")


capability = Capability(
    name="assistant",
    commands=(
        CommandSpec(TakeTurn, take_turn, right=BASKET, also=STOCK, surfaces=("chat", "voice")),
        CommandSpec(EndChat, end_chat, right=BASKET, also=STOCK, surfaces=("chat", "voice")),
    ),
    set_back=_set_back,
)
