"""When a shop is open, which slots that leaves, where it delivers to, what orders are called and how they go on."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.messages import Refusal, Refused
from edge.counter.basket.basket import Basket, PartOf, from_recorded
from edge.counter.basket.event_structs import Discount, RecordedLine
from edge.counter.basket.totals import totals
from edge.counter.till.settings import TillSettings
from edge.foundation.opening_hours.holidays import undecided_holidays
from edge.foundation.opening_hours.rules import (
    DayException,
    OpenSpan,
    StoreHours,
    after_open,
    fault_of,
    is_open,
    open_between,
    open_spans,
    opens_next,
    shop_day,
    slots,
)
from edge.lib.regions.place import Jurisdiction
from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.ordering.delivery.zones import DeliveryZone, clash, fault, fee_minor, zone_begun, zone_of
from edge.ordering.orders import rules
from edge.ordering.orders.order import OrderGoods, secret_in
from edge.ordering.orders.order_lines import split_goods
from edge.ordering.orders.rules import STEPS, State
from tests.refusals import outcome_of

PARIS = ZoneInfo("Europe/Paris")
MIN_US = 60_000_000
TILL = TillSettings("EUR", TaxTable(True, "total", (TaxClass("standard"),)), "", (), (), "en", "UTC", 1)


def at(text: str, fold: int = 0) -> int:
    """A moment as a clock in Paris shows it, in UTC microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).timestamp()) * 1_000_000


def every_day(*spans: tuple[int, int], **more: object) -> StoreHours:
    return StoreHours((tuple(OpenSpan(*span) for span in spans),) * 7, **more)  # type: ignore[arg-type]


def walls(hours: StoreHours, now_us: int) -> list[str]:
    """When slots begin, as the clock shows it."""
    return [f"{datetime.fromtimestamp(begin / 1e6, PARIS):%m-%d %H:%M}" for begin, _ in slots(hours, PARIS, now_us)]


def test_a_shop_is_open_within_its_spans_and_the_night_belongs_to_the_day_it_began_on() -> None:
    bar = every_day((1200, 1560))  # 20:00 to 02:00
    assert is_open(bar, PARIS, at("2027-01-16T01:59"))
    assert not is_open(bar, PARIS, at("2027-01-16T02:00"))
    closed = StoreHours(bar.weekly, (DayException("2027-01-15"),))
    assert not is_open(closed, PARIS, at("2027-01-16T01:59")), "the night of a day that is closed"
    assert is_open(closed, PARIS, at("2027-01-15T01:59")), "the night before it"
    assert is_open(StoreHours(), PARIS, at("2027-01-15T03:00")), "where nothing was said it never closes"


def test_spans_that_touch_are_one() -> None:
    assert len(open_spans(every_day((0, 720), (720, 1440)), PARIS, date(2027, 1, 15), 3)) == 1


def test_slots_begin_after_what_preparing_takes_in_open_time_and_end_by_closing() -> None:
    hours = every_day((600, 720), slot_min=30, prepare_min=45, days_ahead=1)
    assert walls(hours, at("2027-01-15T11:00")) == ["01-16 10:00", "01-16 10:30", "01-16 11:00", "01-16 11:30"]
    assert walls(hours, at("2027-01-15T10:10")) == ["01-15 11:00", "01-15 11:30", *walls(hours, at("2027-01-15T11:00"))]
    assert after_open(hours, PARIS, at("2027-01-15T11:30"), 45) == at("2027-01-16T10:15")
    assert walls(StoreHours(((),) * 7), at("2027-01-15T10:10")) == [], "a shop that never opens"


@pytest.mark.parametrize("hours", [StoreHours(), every_day((0, 720), (720, 1440)), every_day((540, 1500))])
@pytest.mark.parametrize("slot_min", [25, 50, 240])
def test_a_slot_of_a_day_is_the_same_whichever_day_one_asks(hours: StoreHours, slot_min: int) -> None:
    hours = msgspec.structs.replace(hours, slot_min=slot_min, prepare_min=0)
    for first in ("2027-01-15T12:00", "2027-03-26T12:00", "2027-10-29T12:00"):
        offered = set(slots(hours, PARIS, at(first)))
        for days in (1, 2, 3):
            now_us = at(first) + days * 86_400_000_000
            later = {slot for slot in slots(hours, PARIS, now_us) if slot[1] <= max(offered)[1]}
            assert later and later <= offered, "who has a slot finds it, and what room it has is counted once"


def test_the_night_behind_a_day_is_that_day_of_the_shop() -> None:
    bar = every_day((1200, 1560))  # 20:00 to 02:00
    friday, saturday = date(2027, 1, 15), date(2027, 1, 16)
    walls_of = {"15T23:30": friday, "16T01:59": friday, "16T02:00": saturday, "16T12:00": saturday}
    assert {wall: shop_day(bar, PARIS, at(f"2027-01-{wall}")) for wall in walls_of} == walls_of
    assert shop_day(StoreHours(), PARIS, at("2027-01-16T00:30")) == saturday, "which never closes"


def test_no_slot_in_the_hour_that_is_missing_and_both_in_the_one_that_comes_twice() -> None:
    night = every_day((60, 240), slot_min=60, prepare_min=0, days_ahead=1)  # 01:00 to 04:00
    spring = [wall for wall in walls(night, at("2027-03-27T12:00")) if wall.startswith("03-28")]
    assert spring == ["03-28 01:00", "03-28 03:00"]
    autumn = [wall for wall in walls(night, at("2027-10-30T12:00")) if wall.startswith("10-31")]
    assert autumn == ["10-31 01:00", "10-31 02:00", "10-31 02:00", "10-31 03:00"]


def test_a_time_that_is_missing_is_when_the_clocks_jump_and_opens_nothing() -> None:
    missing = every_day((135, 165), slot_min=15, prepare_min=0, days_ahead=1)  # 02:15 to 02:45
    assert open_spans(missing, PARIS, date(2027, 3, 28), 1)[1:] == []
    assert not is_open(missing, PARIS, at("2027-03-28T03:20"))
    assert walls(missing, at("2027-03-27T12:00")) == []
    begun = every_day((135, 240), slot_min=30, prepare_min=0, days_ahead=1)  # 02:15 to 04:00
    assert is_open(begun, PARIS, at("2027-03-28T03:00")), "from when the clocks jumped"
    assert walls(begun, at("2027-03-27T12:00")) == ["03-28 03:15"], "and not at 03:45, which ends too late"


def test_slots_longer_than_an_hour_are_back_on_the_clock_after_it_changed() -> None:
    day = every_day((0, 480), slot_min=120, prepare_min=0, days_ahead=1)
    assert walls(day, at("2027-03-27T12:00")) == ["03-28 00:00", "03-28 04:00", "03-28 06:00"]
    assert walls(day, at("2027-10-30T12:00")) == ["10-31 00:00", "10-31 02:00", "10-31 04:00", "10-31 06:00"]


@given(st.integers(5, 240), st.sampled_from([(0, 1440), (0, 2880), (540, 1260), (1200, 1560)]))
def test_a_slot_is_the_same_one_on_whatever_day_it_is_asked_for(length: int, span: tuple[int, int]) -> None:
    hours = every_day(span, slot_min=length, prepare_min=0, days_ahead=4)
    seen = [[wall for wall in walls(hours, at(f"2027-01-{day}T12:00")) if wall.startswith("01-15")] for day in (12, 13)]
    assert seen[0] == seen[1]
    found = list(slots(hours, PARIS, at("2027-01-12T12:00")))
    assert all(later[0] >= sooner[1] for sooner, later in pairwise(found)), "none begins before another ended"


def test_waiting_counts_while_the_shop_is_open() -> None:
    hours = every_day((600, 720))
    last, next_day = at("2027-01-15T11:55"), at("2027-01-16T10:09")
    assert not open_between(hours, PARIS, last, next_day, 15 * MIN_US)
    assert open_between(hours, PARIS, last, next_day + MIN_US, 15 * MIN_US)


@given(st.integers(0, 1439), st.integers(1, 1440), st.sampled_from([5, 15, 30, 60]), st.integers(0, 400))
def test_every_slot_lies_within_the_hours(begin: int, length: int, slot_min: int, day: int) -> None:
    hours = every_day((begin, min(begin + length, 2880)), slot_min=slot_min, prepare_min=10, days_ahead=2)
    now_us = at("2027-01-01T00:00") + day * 86_400_000_000
    for from_us, until_us in slots(hours, PARIS, now_us):
        assert from_us >= now_us + 10 * MIN_US
        assert is_open(hours, PARIS, from_us) and is_open(hours, PARIS, until_us - 1)


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        (every_day((600, 500)), "hours_backwards"),
        (every_day((600, 700), (650, 800)), "hours_overlap"),
        (StoreHours(exceptions=(DayException("2027-01-15"), DayException("2027-01-15"))), "hours_day_twice"),
        (StoreHours(exceptions=(DayException("2027-02-30"),)), "hours_no_such_day"),
        (StoreHours(), ""),
    ],
)
def test_hours_that_cannot_be(hours: StoreHours, fault: str) -> None:
    assert fault_of(hours) == fault


def test_a_zone_of_canada_has_the_postal_codes_of_its_province() -> None:
    ontario, nunavut = Jurisdiction("CA", "ON"), Jurisdiction("CA", "NU")
    typo = DeliveryZone("west", "West", ("H2X",), "fee")
    assert outcome_of(fault, typo, ontario) == Refused("zone_other_province", {"prefix": "H2X", "province": "ON"})
    fault(DeliveryZone("river", "Over the river", ("J8X",), "fee", province="QC"), ontario)
    fault(DeliveryZone("north", "North", ("X0",), "fee"), nunavut)  # X is of two, by its first three
    with pytest.raises(Refusal):
        fault(DeliveryZone("north", "North", ("X1A",), "fee"), nunavut)
    assert outcome_of(fault, DeliveryZone("none", "None", ("K1",), "fee", province="ZZ"), ontario) == Refused(
        "zone_no_province", {"province": "ZZ"}
    )
    fault(DeliveryZone("town", "Town", ("750",), "fee"), Jurisdiction())  # elsewhere nobody knows


def test_the_longest_prefix_says_the_zone_and_two_zones_share_none() -> None:
    town, centre = DeliveryZone("town", "Town", ("M5",), "fee", 500), DeliveryZone("centre", "Centre", ("M5V",), "fee")
    assert zone_of((town, centre), "m5v 2t6") == centre
    assert zone_of((town, centre), "M5A 1A1") == town
    assert (zone_begun((town, centre), "m"), zone_begun((centre,), "m5")) == (None, None), "what comes next says it"
    assert (zone_begun((town, centre), "m5v"), zone_begun((town, centre), "m5a")) == (centre, town)
    assert outcome_of(zone_begun, (town, centre), "k") == Refused("no_delivery_there", {"postal_code": "K"})
    assert outcome_of(zone_of, (town, centre), "K1A 0B1") == Refused("no_delivery_there", {"postal_code": "K1A0B1"})
    assert outcome_of(clash, (town,), DeliveryZone("x", "X", ("M5",), "fee")) == Refused(
        "zone_prefix_twice", {"prefix": "M5", "zone": "Town"}
    )
    assert clash((town,), town) is None
    dear = DeliveryZone("z", "Z", ("1",), "fee", 500, 2000, 5000)
    assert outcome_of(fee_minor, dear, 1999) == Refused("order_too_small", {"least_minor": 2000, "goods_minor": 1999})
    assert (fee_minor(dear, 2000), fee_minor(dear, 4999), fee_minor(dear, 5000)) == (500, 500, 0)


def test_every_way_of_an_order_ends_and_only_by_its_steps() -> None:
    for state in get_args(State):
        for fulfilment in ("pickup", "delivery"):
            way = outcome_of(rules.walk, state, fulfilment)
            if isinstance(way, Refused):
                continue
            was = state
            for to in way:
                rules.step(was, to, fulfilment)
                was = to
            assert was not in STEPS, "in the customer's hands is the end"
    assert outcome_of(rules.step, "ready", "out_for_delivery", "pickup") == Refused(
        "order_state", {"from": "ready", "to": "out_for_delivery"}
    )
    assert isinstance(outcome_of(rules.walk, "cancelled", "pickup"), Refused)


def test_an_order_is_called_as_short_as_no_other_open_one() -> None:
    assert rules.order_name("kiosk", 7, ()) == "K07"
    assert rules.order_name("kiosk", 107, {"K07"}) == "K107"
    assert rules.order_name("kiosk", 1107, {"K07", "K107"}) == "K1107"


@pytest.mark.parametrize(
    ("scanned", "secret"),
    [
        ("https://box.local:8443/order/" + "a" * 24, "a" * 24),
        (" http://10.0.0.2/order/" + "A-_9" * 6 + "?lang=he ", "A-_9" * 6),
        ("https://hub.example/join#wifi=Caf%C3%A9&to=https://box.local:8443/order/" + "a" * 24, "a" * 24),
        ("https://hub.example/join#wifi=Guests&of=demo/corner&to=https://box/order/" + "a" * 24 + "#corner", "a" * 24),
        ("https://box/order/short", ""),
        ("4006381333931", ""),
        ("https://box/order/" + "a" * 24 + "/state", ""),
    ],
)
def test_what_of_a_scanned_code_is_an_orders_secret(scanned: str, secret: str) -> None:
    assert secret_in(scanned) == secret


@given(st.integers(2, 40), st.data())
def test_both_parts_of_a_line_come_to_what_it_came_to(pieces: int, data: st.DataObject) -> None:
    left, offs = pieces * 100, []
    for _ in range(4):
        offs.append(data.draw(st.integers(0, left)))
        left -= offs[-1]
    off, share, coupon, promoted = offs
    milk = RecordedLine(
        *(1, "milk", "", {}, "piece", pieces * 1000, 100, "standard"),
        discounts=(Discount("p", promoted),),
        off_minor=off,
        share_minor=share,
        coupon_minor=coupon,
    )
    now_pieces = data.draw(st.integers(1, pieces - 1))
    parts = split_goods(OrderGoods((milk,), total_minor=left), {1: now_pieces * 1000}, TILL)
    (now,), (later,) = (part.lines for part in parts)
    assert now.quantity + later.quantity == milk.quantity
    for one in ("off_minor", "share_minor", "coupon_minor", "promotion_minor", "amount_minor"):
        assert getattr(now, one) + getattr(later, one) == getattr(milk, one), one
        assert min(getattr(now, one), getattr(later, one)) >= 0, one


def test_a_discount_of_a_person_goes_with_each_part() -> None:
    milk = RecordedLine(1, "milk", "", {}, "piece", 10_000, 100, "standard", off_minor=500)
    parts = split_goods(OrderGoods((milk,), total_minor=500), {1: 5000}, TILL)
    assert [part.total_minor for part in parts] == [250, 250]


@given(st.integers(1, 5000), st.integers(3, 20_000), st.data())
def test_parts_of_a_measure_come_to_the_whole_to_the_cent(price: int, grams: int, data: st.DataObject) -> None:
    goods = OrderGoods((RecordedLine(1, "cheese", "", {}, "kg", grams, price, "standard"),))
    whole_minor, handed_minor, left = goods.lines[0].amount_minor, 0, grams
    for _ in range(2):
        now = data.draw(st.integers(1, left - 1)) if left > 1 else 1
        if now == left:
            break
        parts = split_goods(goods, {1: now}, TILL)
        (given_line,), goods = parts[0].lines, parts[1]
        assert given_line.quantity == now and given_line.amount_minor >= 0
        handed_minor, left = handed_minor + given_line.amount_minor, left - now
    assert goods.lines[0].quantity == left
    assert handed_minor + goods.lines[0].amount_minor == whole_minor


@given(
    st.lists(st.tuples(st.integers(1, 999), st.integers(1, 6)), min_size=1, max_size=4),
    st.sampled_from(["line", "total"]),
    st.booleans(),
    st.lists(st.integers(0, 99_999), min_size=1, max_size=2),
    st.data(),
)
def test_taxes_of_all_parts_come_to_those_of_the_whole_to_the_cent(
    prices: list[tuple[int, int]], rounding: Any, inclusive: bool, rates: list[int], data: st.DataObject
) -> None:
    taxed = TaxClass("standard", tuple(Rate(f"tax {n}", rate) for n, rate in enumerate(rates)))
    settings = msgspec.structs.replace(TILL, tax=TaxTable(inclusive, rounding, (taxed,)))
    goods = OrderGoods(
        tuple(
            RecordedLine(id, f"p{id}", "", {}, "piece", pieces * 1000, price, "standard")
            for id, (price, pieces) in enumerate(prices, 1)
        )
    )
    whole = totals(Basket("1", lines=from_recorded(goods.lines)), settings)
    paid_minor, tax_minor = 0, 0
    while len(goods.sold_lines) > 1 or goods.sold_lines[0].quantity > 1000:
        line = data.draw(st.sampled_from(goods.sold_lines))
        pieces = data.draw(st.integers(1, line.quantity // 1000))
        if len(goods.sold_lines) == 1 and pieces * 1000 == line.quantity:
            break
        parts = split_goods(goods, {line.id: pieces * 1000}, settings)
        before, (part, goods) = goods, parts
        sums = totals(
            Basket("1", lines=from_recorded(part.lines), part=PartOf(before.sold_lines, goods.sold_lines)), settings
        )
        assert sums.total_minor == part.total_minor == sums.net_minor + sum(row.tax_minor for row in sums.taxes)
        paid_minor, tax_minor = paid_minor + sums.total_minor, tax_minor + sum(row.tax_minor for row in sums.taxes)
    last = totals(Basket("1", lines=from_recorded(goods.lines)), settings)
    assert paid_minor + last.total_minor == whole.total_minor
    assert tax_minor + sum(row.tax_minor for row in last.taxes) == sum(row.tax_minor for row in whole.taxes)


def test_holidays_of_the_province_are_proposed_until_something_is_said() -> None:
    week, today = every_day((600, 1200)), date(2027, 6, 20)
    quebec = {one.date: one.name for one in undecided_holidays(week, "CA", "QC", today, 30)}
    assert {"2027-06-24", "2027-07-01"} <= set(quebec), quebec
    assert "2027-06-24" not in {one.date for one in undecided_holidays(week, "CA", "ON", today, 30)}
    said = StoreHours(week.weekly, (DayException("2027-07-01", (), "Canada Day"),))
    assert "2027-07-01" not in {one.date for one in undecided_holidays(said, "CA", "QC", today, 30)}
    assert not undecided_holidays(week, "", "", today) and not undecided_holidays(week, "XX", "", today)


@pytest.mark.parametrize(
    ("province", "day", "name"),
    [
        *[("AB", "02-15", "Family Day"), ("BC", "08-02", "British Columbia Day"), ("MB", "02-15", "Louis Riel Day")],
        *[("NB", "08-02", "New Brunswick Day"), ("NL", "07-01", "Memorial Day"), ("NS", "02-15", "Heritage Day")],
        *[("NT", "06-21", "Aboriginal"), ("NU", "07-09", "Nunavut Day"), ("ON", "12-26", "Boxing Day")],
        *[("PE", "02-15", "Islander Day"), ("QC", "05-24", "Patriots"), ("SK", "08-02", "Saskatchewan Day")],
        ("YT", "08-16", "Discovery Day"),
    ],
)
def test_every_province_has_its_own_holidays(province: str, day: str, name: str) -> None:
    found = {one.date: one.name for one in undecided_holidays(StoreHours(), "CA", province, date(2027, 1, 1), 364)}
    assert name in found[f"2027-{day}"]
    assert {"2027-01-01", "2027-03-26", "2027-07-01", "2027-09-06", "2027-12-25"} <= set(found), "those of all"


@pytest.mark.parametrize(
    ("country", "language", "day", "name"),
    [
        ("CA", "en", "2027-09-06", "Labour Day"),
        ("CA", "fr", "2027-09-06", "Fête du Travail"),
        ("CA", "he", "2027-09-06", "Labour Day"),
        ("US", "en", "2027-09-06", "Labor Day"),
        ("FR", "fr", "2027-07-14", "Fête nationale"),
        ("FR", "en", "2027-07-14", "National Day"),
        ("IL", "he", "2027-10-11", "יום כיפור"),
        ("IL", "en", "2027-10-11", "Yom Kippur"),
        ("IL", "fr", "2027-10-11", "Yom Kippur"),
        ("FR", "he", "2027-07-14", "National Day"),
    ],
)
def test_a_holiday_is_called_as_people_here_call_it(
    country: str, language: str, day: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "th")  # whatever the machine itself speaks
    found = {
        one.date: one.name for one in undecided_holidays(StoreHours(), country, "", date(2027, 1, 1), 364, language)
    }
    assert found[day] == name


def test_a_closed_shop_says_when_it_opens() -> None:
    week = every_day((600, 720))
    assert opens_next(week, PARIS, at("2027-01-15T11:00")) is None
    assert opens_next(week, PARIS, at("2027-01-15T13:00")) == at("2027-01-16T10:00")
    closed = StoreHours(week.weekly, (DayException("2027-01-16"),))
    assert opens_next(closed, PARIS, at("2027-01-15T13:00")) == at("2027-01-17T10:00")
    assert opens_next(StoreHours(((),) * 7), PARIS, at("2027-01-15T13:00")) is None
