"""Who may do what. See README.md."""

from edge.access.commands import NotePinsWrong, RetireUser, SetPin, SetUser
from edge.access.events import EVENTS, UPCASTERS
from edge.access.handlers import forget_user, note_pins_wrong, retire_user, set_pin, set_user
from edge.access.project import projector
from edge.access.queries import read_users
from edge.access.rights import MANAGE
from edge.access.unsealed import seal_what_was_plain
from edge.core.shapes import Capability, CommandSpec, QuerySpec

__all__ = ["capability", "forget_user", "seal_what_was_plain"]

capability = Capability(
    name="access",
    commands=(
        CommandSpec(SetPin, set_pin, right=MANAGE),
        CommandSpec(NotePinsWrong, note_pins_wrong, right=MANAGE),
        CommandSpec(SetUser, set_user, right=MANAGE, ask_first=True),
        CommandSpec(RetireUser, retire_user, right=MANAGE, ask_first=True),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(QuerySpec("users", read_users, right=MANAGE),),
)
