"""The assistant. It asks back, acts only through the command bus, and states only results of commands and queries.

See README.md.
"""

from functools import partial

from edge.conversation.assistant.commands import EndChat, KeepChat, MarkAnswer, SwitchRecording, TakeTurn
from edge.conversation.assistant.events import EVENTS
from edge.conversation.assistant.figures import GAUGES, read_chat_figures
from edge.conversation.assistant.kept_conversations import (
    after_merging,
    after_withdrawing,
    forget_kept,
    keep_chat,
    mark_answer,
    personal_data_of,
)
from edge.conversation.assistant.retention import PARTS
from edge.conversation.assistant.roster import roster_check
from edge.conversation.assistant.settings import AssistantSettings, live
from edge.conversation.assistant.settings import settings_of as settings_of
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import STAFF, TALK
from edge.foundation.access.rights import BASKET, MANAGE, STOCK
from edge.lib.late_import import LateFunction
from edge.people.customers.commands import MergeCustomers, WithdrawConsent

__all__ = ["capability", "forget_kept"]

_late = partial(LateFunction, f"{__name__}.handlers")


def _after_restore(db: Connection) -> None:
    """End all restored conversations: a backup's don't include the actions taken since."""
    for table in ("chat_turn", "chat_session", "copilot_message", "copilot_session"):
        db.execute(f"DELETE FROM {table}")


def capability(base: AssistantSettings) -> Capability:
    """The assistant capability of a store."""
    return Capability(
        name="assistant",
        commands=(
            CommandSpec(TakeTurn, partial(_late("take_turn"), live(base)), right=BASKET, also=STOCK, surfaces=TALK),
            CommandSpec(EndChat, _late("end_chat"), right=BASKET, also=STOCK, surfaces=TALK),
            CommandSpec(SwitchRecording, _late("switch_recording"), right=MANAGE, surfaces=TALK),
            CommandSpec(KeepChat, keep_chat, right=BASKET, surfaces=TALK),
            CommandSpec(MarkAnswer, mark_answer, right=BASKET, surfaces=TALK),
        ),
        events=EVENTS,
        queries=(QuerySpec("assistant_figures", read_chat_figures, right=MANAGE, surfaces=STAFF),),
        on_restore=_after_restore,
        checks=(roster_check(base.folder),),
        after={WithdrawConsent: after_withdrawing, MergeCustomers: after_merging},
        personal_data_of=personal_data_of,
        gauges=GAUGES,
        parts=PARTS,
    )
