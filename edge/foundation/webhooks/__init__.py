"""Webhooks: events delivered to integrators' servers in order.

What happens in the shop, told to servers that an integrator names: each fact of the feed as one signed POST, in
order.

The queue is the journal itself: a hook has a place in it, so nothing is lost by a restart and nothing is kept
twice. What was sent and not answered is sent again under the same `webhook-id`, by which the receiver knows a
repeat; the next fact waits behind it. Signed as Standard Webhooks 1.0 says (`edge/foundation/webhooks/service`).

Invariants. The secret is made here, shown once, and kept with the shop's secrets. Nothing is sent to the box
itself or beside it unless `[notify] allow` names the host. A hook that fails for three days, or says 410, rests
until someone goes on.
"""

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
