"""The kinds of directives that this version knows; any other is refused, and the next goes on."""

from __future__ import annotations

from collections.abc import Mapping

from edge.shop.directives.kinds.alerts import ALERTS
from edge.shop.directives.kinds.assortment import ASSORTMENT
from edge.shop.directives.kinds.catalogue import CATALOGUE
from edge.shop.directives.kinds.coupon_key import COUPON_KEY
from edge.shop.directives.kinds.coupon_uses import COUPON_USES
from edge.shop.directives.kinds.feed_news import FEED_NEWS
from edge.shop.directives.kinds.feed_rows import FEED_ROWS
from edge.shop.directives.kinds.kind import Kind
from edge.shop.directives.kinds.occasions import OCCASIONS
from edge.shop.directives.kinds.payment_news import PAYMENT_NEWS
from edge.shop.directives.kinds.payments import PAYMENTS
from edge.shop.directives.kinds.pin import PIN
from edge.shop.directives.kinds.pos_news import POS_NEWS
from edge.shop.directives.kinds.prices import PRICES
from edge.shop.directives.kinds.privacy import PRIVACY
from edge.shop.directives.kinds.promotions import PROMOTIONS
from edge.shop.directives.kinds.recalls import RECALLS
from edge.shop.directives.kinds.settings import SETTINGS
from edge.shop.directives.kinds.shipments import SHIPMENTS
from edge.shop.directives.kinds.signing_key import SIGNING_KEY
from edge.shop.directives.kinds.software import SOFTWARE
from edge.shop.directives.kinds.support import SUPPORT
from edge.shop.directives.kinds.texts import TEXTS
from edge.shop.directives.kinds.transfers import TRANSFERS
from edge.shop.directives.kinds.translations import TRANSLATIONS
from edge.shop.directives.kinds.users import USERS
from edge.shop.directives.kinds.weather import WEATHER

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        *(
            ALERTS,
            ASSORTMENT,
            CATALOGUE,
            COUPON_KEY,
            COUPON_USES,
            FEED_NEWS,
            FEED_ROWS,
            OCCASIONS,
            PAYMENT_NEWS,
            PAYMENTS,
        ),
        *(
            POS_NEWS,
            PRICES,
            PRIVACY,
            PROMOTIONS,
            PIN,
            RECALLS,
            SETTINGS,
            SHIPMENTS,
            SIGNING_KEY,
            SOFTWARE,
            SUPPORT,
            TEXTS,
        ),
        *(TRANSFERS, TRANSLATIONS, USERS, WEATHER),
    )
}
