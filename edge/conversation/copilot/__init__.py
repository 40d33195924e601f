"""A manager's questions, answered with figures.

The manager's questions: a question becomes a typed meaning, the tool that tells its measure is asked under the
asker's rights, and figures are answered with the rows behind them. What it would do is a turn of the assistant,
which waits for a yes.

Each tool is a query of the registry, is read in the process beside the till (by a connection of its own, where
there is none) and has 300 ms. Confidence is the share of the words that mean something times the share of the
tools that answered; a part that failed keeps it at 0.8 (all of it understood: 0.9), a word that means nothing at
0.4, and where no tool answered at 0.2. Its conversations lie in the assistant's tables and go with them
(`../assistant/retention.py`); its words are in `../assistant/words`, where those of the meanings are, too.

One more tool: `TOOLS` in `copilot_tools.py`, the measures that it tells in `meaning/answerable.py`, its sentence
and description in the words. What it gets right: `./run bench assistant`.
"""

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
