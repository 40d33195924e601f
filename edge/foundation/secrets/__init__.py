"""Credentials that the shop uses elsewhere, and who entered them.

What the shop shows to others to be let in: entered on `/manager/secrets`, over the API (`PUT secrets/{name}`) or
by `edge secret set NAME` (standard input), kept by core/secrets, meant in `config.toml` by `secret:NAME`. Here is
what people see of it, and what the journal says: that a secret of that name was entered, removed, or that all of
them came under another key, and who did it. Never a value, nor its last letters.

Whoever changes one may manage and has entered their PIN (and code) within five minutes; programs with a key may
not. Messages and the broker take a new value at once, devices when the appliance starts again. What config.toml
names and no one entered, or what can't be opened any more, is the state of the part `secrets`: on the technical
page, in `edge check`, and an alert.
"""

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import PINS
from edge.foundation.secrets.commands import NoteSecret
from edge.foundation.secrets.events import EVENTS
from edge.foundation.secrets.handlers import note_secret

__all__ = ["capability"]

capability = Capability(
    name="secrets",
    commands=(CommandSpec(NoteSecret, note_secret, right=PINS, surfaces=INSIDE),),
    events=EVENTS,
)
