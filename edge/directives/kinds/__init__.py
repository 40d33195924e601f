"""The kinds of directives that this version knows; any other is refused, and the next goes on."""

from __future__ import annotations

from collections.abc import Mapping

from edge.directives.kinds.catalogue import CATALOGUE
from edge.directives.kinds.kind import Kind
from edge.directives.kinds.pin import PIN
from edge.directives.kinds.prices import PRICES
from edge.directives.kinds.promotions import PROMOTIONS
from edge.directives.kinds.settings import SETTINGS
from edge.directives.kinds.texts import TEXTS
from edge.directives.kinds.transfers import TRANSFERS
from edge.directives.kinds.users import USERS

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (CATALOGUE, PRICES, PROMOTIONS, PIN, SETTINGS, TEXTS, TRANSFERS, USERS)
}
