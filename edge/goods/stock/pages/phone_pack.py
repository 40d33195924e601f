"""Offline data for phones and the page that uses it: `GET stock/pack`, `GET /away`."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Answer, Endpoint, Schema
from edge.core.journal.rows import read_head
from edge.core.storage.database import Connection
from edge.foundation.access.queries import may_come_back, name_of
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.lists.listings import read_counts, read_locations
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.movements import projector
from edge.goods.stock.pages.stock_requests import COUNT, reading
from edge.lib.i18n import name_in
from edge.web.actors import OWN, actor_of
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.pairing import OpenTo
from edge.web.problem import Problem
from edge.web.request_body import whole_of
from edge.web.responses import answer_json, texts_of

AWAY = "/away"
PEOPLE: Schema = {"type": "string", "maxLength": 1000}
PRODUCTS_MOST = 20_000
PEOPLE_MOST = 16
"""Maximum other users with data on a phone for whom it can ask whether they still work in the shop."""
WITHOUT_CONTACT_US = 12 * 3600 * 1_000_000
"""Time for which a phone shows its data without a connection: as long as a user stays signed in on it."""
_HEAD = "SELECT seq FROM projection WHERE name = ?"
_CHANGED = """
    SELECT sku FROM product WHERE seq > ?1
    UNION SELECT sku FROM stock_movement INDEXED BY stock_movement_seq WHERE seq > ?1
"""
_PRODUCTS = f"""
    SELECT p.sku, p.body ->> '$.names', coalesce(p.body ->> '$.unit', ''), coalesce(p.body ->> '$.box', 0),
           p.retired_us IS NOT NULL,
           (SELECT json_group_array(c.code) FROM product_code c WHERE c.product_id = p.id AND c.units = 1),
           (SELECT json_group_array(json_array(r.location, r.q, r.d)) FROM (
                SELECT location, sum(quantity) AS q, coalesce(min(nullif(expiry, '')), '') AS d
                FROM stock_row WHERE sku = p.sku GROUP BY location) r)
    FROM product p WHERE (?1 = 0 OR p.sku IN ({_CHANGED})) AND p.body ->> 'unit' IS NOT 'service'
    ORDER BY p.sku LIMIT ?2
"""


class PackedProduct(msgspec.Struct, frozen=True):
    """A product as stored on a phone. `at`: the quantity (thousandths) and the earliest expiry date, by location."""

    sku: str
    name: str
    unit: str
    box: int
    codes: list[str]
    at: list[tuple[str, int, str]]


class PackedPlace(msgspec.Struct, frozen=True):
    """An active location; `count`: the number of its open count (0: none). The stock at a location with a `blind`
    count isn't stored on phones."""

    id: str
    name: str
    count: int
    blind: bool


class StockPack(msgspec.Struct, frozen=True):
    """Offline data of a phone: its user, time, the time until which it may be shown without contact, and the products
    changed after journal row `since` (0: all) up to `head` of its `epoch`; `gone`: retired products; `ended`: users of
    this phone who have left the shop.
    """

    person: str
    called: str
    at_us: int
    hold_us: int
    since: int
    head: int
    epoch: int
    may_count: bool
    places: list[PackedPlace]
    products: list[PackedProduct]
    gone: list[str]
    ended: list[str]


async def pack(request: web.Request) -> web.Response:
    """`GET stock/pack`: the stock data for a personal device, or changes `since` a journal row.

    It has no costs and no customer data.

    All data is sent if that row belongs to another `epoch`, because the ledger was restored since. `held`: ids of other
    users whose data is on the phone, separated by commas.
    """
    if not OWN.read(request):
        raise Problem(403, "own_device_only")
    site, since, texts = request.app[SITE], whole_of(request, "since", 0), texts_of(request)
    known_epoch = whole_of(request, "epoch", 0)
    held_of = [one for one in request.query.get("held", "").split(",") if one][:PEOPLE_MOST]
    actor = actor_of(request)

    def read(db: Connection) -> StockPack:
        (head,) = db.execute(_HEAD, (projector.name,)).fetchone() or (0,)
        counts = {one.location: one for one in reversed(read_counts(db)) if one.state == "open" and not one.category}
        places = [
            PackedPlace(
                one.id,
                name_in(one.names, texts.language) or (texts.say("stock.main") if one.id == MAIN else one.id),
                counts[one.id].number if one.id in counts else 0,
                one.id in counts and counts[one.id].blind,
            )
            for one in read_locations(db)
            if one.is_active
        ]
        hidden = {one.id for one in places if one.blind}
        epoch = read_head(db).epoch
        begin = since if since <= head and known_epoch in (0, epoch) else 0  # a restored one may have as many
        products, gone = list[PackedProduct](), list[str]()
        for sku, names, unit, box, retired, codes, at in db.execute(_PRODUCTS, (begin, PRODUCTS_MOST)):
            if retired:
                gone.append(sku)
                continue
            held = [row for row in msgspec.json.decode(at, type=list[tuple[str, int, str]]) if row[0] not in hidden]
            name = name_in(msgspec.json.decode(names or "{}", type=dict[str, str]), texts.language) or sku
            products.append(PackedProduct(sku, name, unit, box, msgspec.json.decode(codes, type=list[str]), held))
        called = name_of(db, actor.name)
        what = (begin, head, epoch, actor.may(MANAGE), places, products, gone if begin else [])
        ended = [one for one in held_of if not may_come_back(db, one)]
        return StockPack(actor.name, called, site.shop.now_us(), WITHOUT_CONTACT_US, *what, ended)

    return answer_json(await site.asker.read(read))


async def away(request: web.Request) -> web.Response:
    """`GET /away`: the store room page for use without a connection.

    A service worker caches it, as it has no shop data.
    """
    site = request.app[SITE]
    register = site.door.register or site.config.registers[0]
    return html(site.renderer.render("away.html", texts_of(request).language, register=register))


ENDPOINTS = (
    reading("stock/pack", pack, Answer(StockPack), {"since": COUNT, "epoch": COUNT, "held": PEOPLE}),
    Endpoint(method="GET", path=AWAY, handler=away, right=ANYBODY),
)
OPEN_TO = (OpenTo(frozenset({AWAY})),)
