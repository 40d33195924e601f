"""Channels, as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.shop.access.rights import MANAGE
from edge.shop.web_orders.commands import EndWebChannel, SetWebChannel
from edge.shop.web_orders.events import WebChannelEnded, WebChannelSet
from edge.shop.web_orders.web_order import CHANNELS_MOST, WebChannel

CHANNELS = Entity(
    WebChannel,
    table="web_channel",
    set_by=SetWebChannel,
    was_set=WebChannelSet,
    end_by=EndWebChannel,
    was_ended=WebChannelEnded,
    right=MANAGE,
    limit=CountLimit(CHANNELS_MOST, "too_many_web_channels"),
    unknown=Unknown("no_such_web_channel", "channel"),
)
