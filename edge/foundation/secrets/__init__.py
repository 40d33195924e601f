"""Credentials for other services, and a record of who entered or removed them.

Credentials that the shop presents to other services: entered on `/manager/secrets`, over the API
(`PUT secrets/{name}`) or by `edge secret set NAME` (standard input), stored by core/secrets, and referenced in
`config.toml` by `secret:NAME`. This capability has their page and journal entries: that a secret of this name was
entered or removed, or that all were encrypted with a new key, and by whom. Never a value, nor its last letters.

Changing one requires the right to manage, and the PIN (and code) entered within five minutes; programs with a key
can't. Messages and the broker use a new value at once, devices after a restart of the appliance. Secrets that
config.toml names but no one has entered, or that can no longer be decrypted, are reported by the part `secrets`: on
the technical page, in `edge check`, and as an alert.
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
