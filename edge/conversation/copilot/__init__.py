"""The copilot: a manager's questions, answered by queries under their own rights. See README.md."""

from edge.conversation.copilot.commands import EndCopilot, RememberAnswer
from edge.conversation.copilot.copilot_memory import end_copilot, remember_answer
from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import TALK
from edge.foundation.access.rights import MANAGE, STOCK

capability = Capability(
    name="copilot",
    commands=(
        CommandSpec(RememberAnswer, remember_answer, right=MANAGE, also=STOCK, surfaces=TALK),
        CommandSpec(EndCopilot, end_copilot, right=MANAGE, also=STOCK, surfaces=TALK),
    ),
)
