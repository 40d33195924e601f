"""Kitchen stations as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.kitchen_screens.commands import EndKitchenStation, SetKitchenStation
from edge.counter.kitchen_screens.events import KitchenStationEnded, KitchenStationSet
from edge.counter.kitchen_screens.station import STATIONS_MOST, KitchenStation
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.goods.catalog.categories.queries import read_category


def known_categories(tx: Transaction, wanted: KitchenStation, known: KitchenStation | None) -> KitchenStation:
    """Raise `Refusal` for a station with an unknown category."""
    for id in wanted.categories:
        if read_category(tx.db, id) is None:
            raise Refusal("station_category_unknown", {"category": id})
    return wanted


STATIONS = Entity(
    KitchenStation,
    table="kitchen_station",
    set_by=SetKitchenStation,
    was_set=KitchenStationSet,
    end_by=EndKitchenStation,
    was_ended=KitchenStationEnded,
    right=MANAGE,
    also=SETTINGS,
    limit=CountLimit(STATIONS_MOST, "too_many_stations"),
    unknown=Unknown("no_such_station", "station"),
    checks=(known_categories,),
)
