"""Webhooks: events delivered to integrators' servers in order.

Each event of the feed is sent to an integrator's server as one signed POST, in order.

The queue is the journal itself: a webhook has a position in it, so nothing is lost by a restart or stored twice. An
unanswered event is sent again under the same `webhook-id`, by which the receiver recognises a repeat; later events
wait for it. Signatures follow Standard Webhooks 1.0 (`edge/foundation/webhooks/service`).

Invariants. The secret is created here, shown once, and stored with the shop's secrets. Nothing is sent to the box
itself or its network unless `[notify] allow` names the host. A webhook that fails for three days, or answers 410, is
paused until a manager resumes it.
"""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.webhooks.entities import WEBHOOKS, projector
from edge.foundation.webhooks.events import EVENTS
from edge.foundation.webhooks.watches import WATCHES
from edge.foundation.webhooks.webhook_state import after_restore, read_webhooks

capability = Capability(
    name="webhooks",
    commands=WEBHOOKS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("webhooks", read_webhooks, right=MANAGE, surfaces=STAFF),),
    on_restore=after_restore,
    watches=WATCHES,
    mended_at="/manager/webhooks",
)
