"""The copilot: a manager's questions, answered by queries under their own rights. See README.md."""

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import TALK
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.copilot.commands import EndCopilot, RememberAnswer
from edge.shop.copilot.copilot_memory import end_copilot, remember_answer

capability = Capability(
    name="copilot",
    commands=(
        CommandSpec(RememberAnswer, remember_answer, right=MANAGE, also=STOCK, surfaces=TALK),
        CommandSpec(EndCopilot, end_copilot, right=MANAGE, also=STOCK, surfaces=TALK),
    ),
)
