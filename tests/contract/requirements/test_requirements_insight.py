"""Forecasts, key figures, reports and vision by their addresses: the answers for a new shop, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from tests.stranger import Stranger, stranger

WEEK = "period=7d"
PNG = {"Content-Type": "image/png"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """A shop on its first day: 100 milks at 0.60, three sales of two milks at 1.20, and four broken ones."""
    with stranger(tmp_path_factory.mktemp("insight")) as made:
        made.post("stock/movement", {"sku": "milk", "type": "IN", "units": 100_000, "unit_cost_minor": 60})
        sale = {"lines": [{"sku": "milk", "quantity": 2_000}], "tenders": [{"kind": "cash", "amount_minor": 240}]}
        for number in range(3):
            key = {"Idempotency-Key": f"01a3185c-5000-7ef3-80a9-633fe03d6f0{number}"}
            made.post("sales", sale, 201, **key)
        made.post("stock/movement", {"sku": "milk", "type": "WASTE", "units": 4_000, "cause": "breakage"})
        made.catch_up()
        yield made


FIGURES = {
    "sales": (720, 720, 1),
    "receipts": (3, 3, 1),
    "basket": (240, 720, 3),
    "cost": (360, 360, 1),
    "margin": (471, 321, 681),
    "costed": (1000, 681, 681),
    "waste": (667, 240, 360),
    "stock_value": (5_400, 5_400, 1),
}
"""Value, numerator and denominator of the first day's figures.

Sales of 720 contain 39 tax. Six milks were sold and four broken, at 60 each, and 90 are left.
"""


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_key_figures_with_what_they_are_made_of(shop: Stranger, name: str) -> None:
    (kpi,) = (one for one in shop.get(f"insight/kpi?{WEEK}")["kpis"] if one["name"] == name)
    assert (kpi["value"], kpi["numerator"], kpi["denominator"]) == FIGURES[name]
    assert kpi["before"] is None and kpi["rows"] >= 1, "there was no week before"


def test_no_figure_without_its_data(shop: Stranger) -> None:
    figures = {one["name"]: one["value"] for one in shop.get("insight/kpi?period=2026-11")["kpis"]}
    assert figures["sales"] is None and figures["margin"] is None


def test_use_and_waste_of_a_product(shop: Stranger) -> None:
    usage = shop.get(f"analytics/usage?product_id=milk&{WEEK}")
    (day,) = usage["days"]
    assert (day["day"], day["sold"], day["wasted"], day["received"]) == ("2027-01-15", 6_000, 4_000, 100_000)
    assert (usage["mean"], usage["cost_minor"]) == (10_000, 600)
    (waste,) = shop.get(f"analytics/waste?{WEEK}")["waste"]
    assert (waste["quantity"], waste["cost_minor"], waste["share"]) == (4_000, 240, 400), "4 of 4 + 6"
    (soon,) = shop.get("analytics/predictions?product_id=milk")["predictions"]
    assert soon["days_left"] is soon["stock_out_on"] is soon["order"] is None, "under fourteen days: nothing, not 0"


@pytest.mark.parametrize("by", ["day", "hour", "register", "product", "category", "tender", "person"])
def test_sums_by_whatever_they_are_told_apart_come_to_the_same(shop: Stranger, by: str) -> None:
    groups = shop.get(f"insight/figures/{by}?{WEEK}")["groups"]
    assert sum(one["sums"]["minor"] for one in groups) == 720


@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
def test_reports_say_what_the_papers_say(shop: Stranger, kind: str) -> None:
    assert shop.get(f"analytics/report/{kind}?date=2027-01-15")["total_minor"] == 720
    assert shop.ask("GET", f"analytics/report/{kind}.csv?date=2027-01-15").status == 200


@pytest.mark.parametrize(
    "period", ["7d", "30d", "2027-01", "2027-01-01..2027-01-15"], ids=["days", "month of days", "month", "span"]
)
def test_periods_as_they_are_written(shop: Stranger, period: str) -> None:
    assert len(shop.get(f"analytics/usage?product_id=milk&period={period}")["days"]) == 1


WRONG_READS = (
    ("analytics/usage?product_id=milk&period=8x", 400),
    ("analytics/usage?product_id=milk&period=2026-13", 400),
    ("analytics/usage?product_id=milk&period=2027-02-01..2027-01-01", 400),
    ("analytics/usage", 400),
    ("analytics/usage?product_id=nothing", 404),
    ("analytics/predictions?product_id=nothing", 404),
    ("analytics/report/hourly", 404),
    ("analytics/report/daily?date=2027-02-30", 400),
    ("insight/kpi?from=2027-02-01&to=2027-01-01", 400),
    ("insight/kpi?location=moon", 404),
    ("insight/figures/weather", 404),
    ("forecasts/demand/nothing", 404),
    ("forecasts/demand/milk?location_id=moon", 404),
    ("forecasts/demand/milk?days=91", 422),
    ("forecasts/demand/milk?days=0", 422),
    ("forecasts/weather/milk", 404),
    ("forecasts/accuracy-metrics?category=nothing", 404),
    ("forecasts/accuracy-metrics?location=moon", 404),
    ("vision/processing-status/nothing", 404),
    ("shelf/bays/nothing", 404),
    ("shelf/kept", 400),
)


@pytest.mark.parametrize(("path", "status"), WRONG_READS, ids=[path for path, _ in WRONG_READS])
def test_what_cannot_be_read(shop: Stranger, path: str, status: int) -> None:
    answer = shop.ask("GET", path)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text


DEMAND, RISK = "forecast/demand", "forecast/inventory-risk"
QUESTIONS = (
    (DEMAND, {"entity_id": "nothing"}, 404),
    (DEMAND, {"entity_id": "milk", "location_id": "moon"}, 404),
    (DEMAND, {"entity_id": "milk", "period": "yearly"}, 422),
    (DEMAND, {"entity_id": "milk", "confidence_level": 101}, 422),
    (DEMAND, {"entity_id": "milk", "confidence_level": -1}, 422),
    (DEMAND, {"entity_id": "milk", "horizon": 0}, 422),
    (DEMAND, {"entity_id": "milk", "period": "daily", "horizon": 91}, 422),
    (DEMAND, {"entity_id": "milk", "period": "weekly", "horizon": 27}, 422),
    (DEMAND, {"entity_id": "milk", "period": "monthly", "horizon": 13}, 422),
    (DEMAND, {"entity_id": "milk", "period": "quarterly", "horizon": 5}, 422),
    (DEMAND, {}, 422),
    (RISK, {"entity_id": "nothing"}, 404),
    (RISK, {}, 422),
    ("forecasts", {"entity_ids": ["nothing"]}, 404),
    ("forecasts", {"entity_id": "nothing"}, 404),
    ("forecasts", {"entity_ids": []}, 422),
    ("forecasts", {"entity_id": "milk", "forecast_type": "weather"}, 422),
    ("forecasts/retrain", {"entity_ids": ["nothing"]}, 404),
)


@pytest.mark.parametrize(
    ("path", "body", "status"), QUESTIONS, ids=[f"{path} {body}"[:70] for path, body, _ in QUESTIONS]
)
def test_questions_that_cannot_be(shop: Stranger, path: str, body: dict[str, Any], status: int) -> None:
    answer = shop.ask("POST", path, body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text
    assert answer.code != "forecast_none", "that is what is said of goods too young"


@pytest.mark.parametrize("path", [DEMAND, RISK, "forecasts"])
def test_a_shop_a_day_old_says_so_and_no_number(shop: Stranger, path: str) -> None:
    answer = shop.ask("POST", path, {"entity_id": "milk"})
    assert (answer.status, answer.code) == (422, "forecast_none")
    assert "forecast_values" not in answer.text and "stockout_probability" not in answer.text


def test_one_training_at_a_time(shop: Stranger) -> None:
    first = shop.post("forecasts/retrain", {}, 202)
    assert shop.post("forecasts/retrain", {"entity_ids": ["milk"]}, 202) == first


def test_alerts_of_forecasts_are_a_list(shop: Stranger) -> None:
    assert shop.get("forecasts/alerts?active=true") == {"alerts": []}
    wrong = shop.ask("GET", "forecasts/alerts?active=maybe")
    assert (wrong.status, wrong.code) == (400, "argument_wrong")


def picture(width: int, height: int) -> bytes:
    return bytes(cv2.imencode(".png", np.full((height, width, 3), 128, np.uint8))[1])


VISION = ("vision/analyze-shelf", "vision/detect-bottles")
PICTURES = (
    (b"", 422, "picture_empty"),
    (b"hello", 422, "picture_not_one"),
    (b"%PDF-1.7", 422, "picture_is_pdf"),
    (picture(1, 1), 422, "picture_too_small"),
    (picture(640, 480)[:-60], 422, "picture_broken"),
)


@pytest.mark.parametrize("path", VISION)
@pytest.mark.parametrize(("sent", "status", "code"), PICTURES, ids=[code for *_, code in PICTURES])
def test_pictures_that_are_none(shop: Stranger, path: str, sent: bytes, status: int, code: str) -> None:
    answer = shop.ask("POST", path, sent, **PNG)
    assert (answer.status, answer.code, answer.json["status"]) == (status, code, status), answer.text


@pytest.mark.parametrize("path", VISION)
def test_a_picture_is_a_job_with_a_status(shop: Stranger, path: str) -> None:
    job = shop.post(path, picture(640, 480), 202, **PNG)["job_id"]
    status = shop.until(f"vision/processing-status/{job}", lambda one: one["status"] in ("completed", "failed"))
    assert (status["job_id"], status["status"], status["progress"]) == (job, "completed", 100)
    assert status["took_ms"] >= 0 and status["result"]["model"] and status["result"]["version"]


@pytest.mark.parametrize("path", VISION)
@pytest.mark.parametrize(("body", "status"), [({"camera": "nothing"}, 404), ({"camera": 3}, 400)])
def test_cameras_that_there_are_none_of(shop: Stranger, path: str, body: dict[str, Any], status: int) -> None:
    answer = shop.ask("POST", path, body)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text
