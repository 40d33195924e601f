"""What happens, told to servers of integrators. See README.md."""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.shop.access.rights import MANAGE
from edge.shop.webhooks.entities import WEBHOOKS, projector
from edge.shop.webhooks.events import EVENTS
from edge.shop.webhooks.webhook_state import after_restore, read_webhooks

capability = Capability(
    name="webhooks",
    commands=WEBHOOKS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("webhooks", read_webhooks, right=MANAGE, surfaces=STAFF),),
    on_restore=after_restore,
)
