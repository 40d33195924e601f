"""The kinds of directives that this version knows. Others are refused, and the next one continues."""

from __future__ import annotations

from collections.abc import Mapping

from edge.backoffice.directives.kinds.alerts import ALERTS
from edge.backoffice.directives.kinds.assortment import ASSORTMENT
from edge.backoffice.directives.kinds.catalogue import CATALOGUE
from edge.backoffice.directives.kinds.coupon_key import COUPON_KEY
from edge.backoffice.directives.kinds.coupon_uses import COUPON_USES
from edge.backoffice.directives.kinds.feed_news import FEED_NEWS
from edge.backoffice.directives.kinds.feed_rows import FEED_ROWS
from edge.backoffice.directives.kinds.help import HELP
from edge.backoffice.directives.kinds.kind import Kind
from edge.backoffice.directives.kinds.occasions import OCCASIONS
from edge.backoffice.directives.kinds.payment_news import PAYMENT_NEWS
from edge.backoffice.directives.kinds.payments import PAYMENTS
from edge.backoffice.directives.kinds.pin import PIN
from edge.backoffice.directives.kinds.pos_news import POS_NEWS
from edge.backoffice.directives.kinds.prices import PRICES
from edge.backoffice.directives.kinds.privacy import PRIVACY
from edge.backoffice.directives.kinds.promotions import PROMOTIONS
from edge.backoffice.directives.kinds.recalls import RECALLS
from edge.backoffice.directives.kinds.settings import SETTINGS
from edge.backoffice.directives.kinds.shipments import SHIPMENTS
from edge.backoffice.directives.kinds.signing_key import SIGNING_KEY
from edge.backoffice.directives.kinds.software import SOFTWARE
from edge.backoffice.directives.kinds.support import SUPPORT
from edge.backoffice.directives.kinds.texts import TEXTS
from edge.backoffice.directives.kinds.transfers import TRANSFERS
from edge.backoffice.directives.kinds.translations import TRANSLATIONS
from edge.backoffice.directives.kinds.users import USERS
from edge.backoffice.directives.kinds.weather import WEATHER

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
        *(HELP, TRANSFERS, TRANSLATIONS, USERS, WEATHER),
    )
}
