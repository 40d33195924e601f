"""What happens, told to servers of integrators. See README.md."""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.webhooks.entities import WEBHOOKS, projector
from edge.foundation.webhooks.events import EVENTS
from edge.foundation.webhooks.webhook_state import after_restore, read_webhooks

capability = Capability(
    name="webhooks",
    commands=WEBHOOKS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("webhooks", read_webhooks, right=MANAGE, surfaces=STAFF),),
    on_restore=after_restore,
)
