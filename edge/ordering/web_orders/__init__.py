"""Orders from web shops and platforms. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE, ORDERS
from edge.lib.regions.place import Jurisdiction
from edge.ordering.web_orders.commands import DropWebOrder, HoldWebOrder, TakeWebOrder
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.events import EVENTS
from edge.ordering.web_orders.handlers import drop_web_order, hold_web_order, take_web_order
from edge.ordering.web_orders.project import projector
from edge.ordering.web_orders.queries import web_articles, web_channels, web_orders
from edge.ordering.web_orders.watches import WATCHES

_command = partial(CommandSpec, right=MANAGE, also=ORDERS, surfaces=STAFF)


def capability(language: str, currency: str, place: Jurisdiction) -> Capability:
    """Web orders capability. `language`: the shop's, for the note of payment on an order; `currency`: the shop's, the
    only one accepted; `place`: its location."""
    return Capability(
        name="web_orders",
        commands=(
            *CHANNELS.commands(),
            *ARTICLES.commands(),
            _command(TakeWebOrder, partial(take_web_order, language, currency, place)),
            _command(HoldWebOrder, hold_web_order),
            _command(DropWebOrder, drop_web_order),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("web_channels", web_channels, right=MANAGE, surfaces=STAFF),
            QuerySpec("web_articles", web_articles, right=MANAGE, surfaces=STAFF),
            QuerySpec("web_orders", web_orders, right=MANAGE, also=ORDERS, surfaces=STAFF),
        ),
        watches=WATCHES,
        mended_at="/manager/web-orders",
    )
