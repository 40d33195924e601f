"""Channels and their articles as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import find_by_sku
from edge.goods.modifiers.queries import choice_of
from edge.ordering.web_orders.commands import EndWebArticle, EndWebChannel, SetWebArticle, SetWebChannel
from edge.ordering.web_orders.events import WebArticleEnded, WebArticleSet, WebChannelEnded, WebChannelSet
from edge.ordering.web_orders.web_article import ARTICLES_MOST, WebArticle
from edge.ordering.web_orders.web_order import CHANNELS_MOST, WebChannel

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


def of_goods(tx: Transaction, wanted: WebArticle, known: WebArticle | None) -> WebArticle:
    """Raise `Refusal` for an unknown channel, product or choice of modifiers."""
    CHANNELS.require(tx.db, wanted.channel)
    product = find_by_sku(tx.db, wanted.sku)
    if product is None:
        raise Refusal("unknown_sku", {"sku": wanted.sku})
    if wanted.modifiers:
        choice_of(tx.db, product, wanted.modifiers)
    return wanted


ARTICLES = Entity(
    WebArticle,
    table="web_article",
    set_by=SetWebArticle,
    was_set=WebArticleSet,
    end_by=EndWebArticle,
    was_ended=WebArticleEnded,
    right=MANAGE,
    key=("channel", "theirs"),
    limit=CountLimit(ARTICLES_MOST, "too_many_web_articles"),
    unknown=Unknown("no_such_web_article", "article"),
    checks=(of_goods,),
)
