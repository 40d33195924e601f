"""Who may do what. See README.md."""

from edge.access import commands, handlers, pairing_handlers
from edge.access.events import EVENTS, UPCASTERS
from edge.access.handlers import forget_user
from edge.access.project import projector
from edge.access.queries import pairings, read_users, roles
from edge.access.rights import DEVICES, MANAGE, PINS, USERS
from edge.access.unsealed import seal_what_was_plain
from edge.core.shapes import MACHINE, Capability, Command, CommandSpec, Handler, QuerySpec, Right

__all__ = ["capability", "forget_user", "seal_what_was_plain"]


def _changes_who_may_what(command: type[Command], handler: Handler, right: Right = USERS) -> CommandSpec:
    return CommandSpec(command, handler, right=MANAGE, ask_first=True, also=right, reauthenticate=True)


capability = Capability(
    name="access",
    commands=(
        CommandSpec(commands.SetPin, handlers.set_pin, right=PINS, surfaces=MACHINE),
        CommandSpec(commands.NotePinsWrong, handlers.note_pins_wrong, right=PINS, surfaces=MACHINE),
        CommandSpec(commands.NoteDenied, handlers.note_denied, right=PINS, surfaces=MACHINE),
        _changes_who_may_what(commands.SetUser, handlers.set_user),
        _changes_who_may_what(commands.RetireUser, handlers.retire_user),
        _changes_who_may_what(commands.SetRole, handlers.set_role),
        _changes_who_may_what(commands.RetireRole, handlers.retire_role),
        _changes_who_may_what(commands.ConfirmPairing, pairing_handlers.confirm_pairing, DEVICES),
        _changes_who_may_what(commands.RenamePairing, pairing_handlers.rename_pairing, DEVICES),
        _changes_who_may_what(commands.EndPairing, pairing_handlers.end_pairing, DEVICES),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(
        QuerySpec("users", read_users, right=MANAGE, also=USERS),
        QuerySpec("pairings", pairings, right=MANAGE, also=DEVICES),
        QuerySpec("roles", roles, right=MANAGE, also=USERS),
    ),
)
