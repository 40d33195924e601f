"""The copilot: answers managers' questions with figures.

A question becomes a typed `Meaning`. The tool for its measure is queried under the asker's rights, and the answer shows
the rows behind each figure. Requested actions become a turn of the assistant and need confirmation.

Each tool is a query of the registry with a limit of 300 ms. It runs in the reader process, or on its own connection if
there is none. Confidence is the share of understood words times the share of tools that answered: at most 0.9, 0.8
after a partial failure, 0.4 with an unknown word, 0.2 without any answer. Conversations are in the assistant's tables
and share their retention (`../assistant/retention.py`); texts are in `../assistant/words`, also those of meanings.

To add a tool: `TOOLS` in `copilot_tools.py`, its measures in `meaning/answerable.py`, its sentence and description in
the words. `./run bench assistant` measures accuracy.
"""

from functools import partial

from edge.conversation.copilot.commands import EndCopilot, RememberAnswer
from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import TALK
from edge.foundation.access.rights import MANAGE, STOCK
from edge.lib.late_import import LateFunction

_late = partial(LateFunction, f"{__name__}.copilot_memory")

capability = Capability(
    name="copilot",
    commands=(
        CommandSpec(RememberAnswer, _late("remember_answer"), right=MANAGE, also=STOCK, surfaces=TALK),
        CommandSpec(EndCopilot, _late("end_copilot"), right=MANAGE, also=STOCK, surfaces=TALK),
    ),
)
