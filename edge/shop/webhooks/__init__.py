"""What happens, told to servers of integrators. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import INSIDE, STAFF
from edge.shop.access.rights import MANAGE, PINS
from edge.shop.webhooks.commands import RemoveWebhook, SetWebhook
from edge.shop.webhooks.events import EVENTS
from edge.shop.webhooks.handlers import remove_webhook, set_webhook
from edge.shop.webhooks.project import projector
from edge.shop.webhooks.webhook_state import after_restore, read_webhooks

capability = Capability(
    name="webhooks",
    commands=(
        CommandSpec(SetWebhook, set_webhook, right=PINS, surfaces=INSIDE),
        CommandSpec(RemoveWebhook, remove_webhook, right=MANAGE, surfaces=INSIDE),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("webhooks", read_webhooks, right=MANAGE, surfaces=STAFF),),
    on_restore=after_restore,
)
