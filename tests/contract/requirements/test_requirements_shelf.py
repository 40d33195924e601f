"""Shelves and pictures for programs: planograms as JSON, jobs with a status, and invalid pictures."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("cv2", reason="missing: opencv")

from PIL import Image

from edge.analytics.shelf.vision_jobs import JOBS_WAITING
from sim.shelves.bottles import DrawnBottle, draw_bottles
from sim.shelves.scene import Bay, Place, draw, jpeg
from tests.stranger import Stranger, stranger

BAY = Bay(tuple(tuple(Place(row * 10 + at // 2) for at in range(6)) for row in range(2)), seed=5, width=640, height=360)
SKUS = {0: "milk", 1: "beer", 10: "tomato"}
WHOLE = jpeg(draw(BAY))
JOBS = ("vision/analyze-shelf", "vision/detect-bottles", "vision/recognize-products")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("shelf")) as made:
        yield made


def kept(shop: Stranger, data: bytes) -> str:
    return str(shop.post("shelf/pictures", data, 201, Content_Type="image/jpeg")["name"])


def facings() -> list[dict[str, Any]]:
    found = []
    for row, places in enumerate(BAY.rows):
        for at, place in enumerate(places):
            names = ("left", "top", "right", "bottom")
            box = dict(zip(names, BAY.box(row, at), strict=True))
            found.append({"id": f"r{row}f{at}", "row": row, "sku": SKUS.get(place.product, "mystery"), **box})
    return found


@pytest.fixture(scope="module")
def plan(shop: Stranger) -> dict[str, Any]:
    """Save a planogram; returns it as it was sent."""
    body = {
        **{"name": "Dairy", "camera": "eye", "changes": 0},
        **{"full": kept(shop, WHOLE), "bare": kept(shop, jpeg(draw(BAY.all("gap"))))},
        "layout": {"corners": BAY.corners, "rows": [0.5, 1.0], "facings": facings()},
    }
    answer = shop.ask("PUT", "shelf/bays/bay-1", body)
    assert answer.status == 200, answer.text
    assert answer.json["edition"] == 1 and isinstance(answer.json["cannot_judge"], list)
    return body


def ended(shop: Stranger, job: str) -> dict[str, Any]:
    path = f"vision/processing-status/{job}"
    return dict(shop.until(path, lambda one: one["status"] in ("completed", "failed")))


def test_a_planogram_is_read_as_it_was_sent_and_has_versions(shop: Stranger, plan: dict[str, Any]) -> None:
    first = shop.get("shelf/bays/bay-1")
    assert (first["bay"], first["name"], first["camera"], first["full"]) == ("bay-1", "Dairy", "eye", plan["full"])
    assert [one["sku"] for one in first["layout"]["facings"]] == [one["sku"] for one in plan["layout"]["facings"]]
    (tag,) = (value for name, value in shop.ask("GET", "shelf/bays/bay-1").headers.items() if name.lower() == "etag")
    assert shop.ask("GET", "shelf/bays/bay-1", If_None_Match=tag).status == 304
    again = shop.ask("PUT", "shelf/bays/bay-1", {**plan, "changes": 1, "name": "Milk"})
    assert (again.status, again.json["edition"]) == (200, 2)
    late = shop.ask("PUT", "shelf/bays/bay-1", {**plan, "changes": 1, "name": "Mine"})
    assert (late.status, late.code) == (422, "planogram_changed_meanwhile"), "changed meanwhile"
    assert [shop.get(f"shelf/bays/bay-1?version={n}")["name"] for n in (1, 2)] == ["Dairy", "Milk"]


@pytest.mark.parametrize(
    ("change", "status", "code", "where"),
    [
        ({"full": "0" * 20}, 404, "no_such_picture", ""),
        ({"full": "../../etc/passwd"}, 400, "body_wrong", "$.full"),
        ({"layout": {}}, 400, "body_wrong", "$.layout.corners"),
        ({"camera": 5}, 400, "body_wrong", "$.camera"),
        ({"layout": {"corners": [[0, 0]] * 4, "facings": [{"id": "a"}]}}, 400, "body_wrong", "$.layout.facings[0].row"),
        ({"layout": {"corners": [[0, 0], [2, 0], [1, 1], [0, 1]]}}, 400, "body_wrong", "$.layout.corners[1][0]"),
        ({"nonsense": 1}, 400, "body_wrong", "$.nonsense"),
        ({"changes": -1}, 400, "body_wrong", "$.changes"),
    ],
)
def test_a_planogram_that_cannot_be(
    shop: Stranger, plan: dict[str, Any], change: dict[str, Any], status: int, code: str, where: str
) -> None:
    answer = shop.ask("PUT", "shelf/bays/bay-2", {**plan, **change})
    assert (answer.status, answer.code) == (status, code), answer.text
    assert answer.json["values"].get("where", "") == where
    assert shop.ask("GET", "shelf/bays/bay-2").status == 404, "nothing was saved"


@pytest.mark.parametrize("facing", [{"id": "r0f0"}, {"left": 0.9, "right": 0.1}], ids=["twice", "inside out"])
def test_facings_that_cannot_be(shop: Stranger, plan: dict[str, Any], facing: dict[str, Any]) -> None:
    wrong = [*facings()[:-1], {**facings()[-1], **facing}]
    answer = shop.ask("PUT", "shelf/bays/bay-3", {**plan, "layout": {**plan["layout"], "facings": wrong}})
    assert answer.status == 422 and answer.json["detail"], answer.text


@pytest.mark.parametrize("path", ["shelf/bays/nowhere", "shelf/bays/nowhere?version=3", "shelf/pictures/" + "0" * 20])
def test_bays_and_pictures_that_there_are_none_of(shop: Stranger, path: str) -> None:
    answer = shop.ask("GET", path)
    assert answer.status == 404 and answer.json["detail"]
    assert shop.ask("GET", "shelf/bays/bay-1?version=first").status == 400


def test_a_bay_is_analysed_by_its_planogram(shop: Stranger, plan: dict[str, Any]) -> None:
    empty = jpeg(draw(BAY.with_places({(0, 0): Place(0, "gap"), (0, 1): Place(0, "gap")})))
    job = shop.post("vision/analyze-shelf?bay=bay-1", empty, 202)["job_id"]
    told = ended(shop, job)
    assert (told["job_id"], told["kind"], told["status"], told["progress"]) == (job, "analyze-shelf", "completed", 100)
    result = told["result"]
    assert {"camera", "rows", "facings", "counts", "model", "version", "picture", "took_ms"} <= set(result)
    first = result["facings"][0]
    assert {"id", "row", "box", "sku", "state", "confidence"} <= set(first)
    assert first["state"] == "gap" and 0 <= first["confidence"] <= 1
    assert result["facings"][5]["state"] == "present"
    milk = next(one for one in result["counts"] if one["sku"] == "milk")
    assert (milk["facings"], milk["planned"]) == (0, 2)


def test_a_picture_of_no_bay_is_rows_and_facings(shop: Stranger) -> None:
    told = ended(shop, shop.post("vision/analyze-shelf", WHOLE, 202)["job_id"])
    assert told["status"] == "completed" and told["result"]["model"]
    unknown = shop.ask("POST", "vision/analyze-shelf?bay=nowhere", WHOLE)
    assert (unknown.status, unknown.code) == (404, "no_such_bay")


def test_bottles_are_counted_and_a_level_that_no_one_knows_is_null(shop: Stranger) -> None:
    picture = jpeg(draw_bottles((DrawnBottle(1), DrawnBottle(0.5)), 3))
    result = ended(shop, shop.post("vision/detect-bottles", picture, 202)["job_id"])["result"]
    assert (result["count"], result["known"], result["total_ml"]) == (2, 0, 0), "no type was measured"
    assert [one["fill_level"] for one in result["bottles"]] == [None, None], "no guess"
    assert all("sku" in one and "confidence" in one for one in result["bottles"])


def animated() -> bytes:
    frames, out = [Image.new("RGB", (80, 80), (at, 0, 0)) for at in (0, 200)], io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def one_pixel() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "JPEG")
    return out.getvalue()


def huge() -> bytes:
    out = io.BytesIO()
    Image.new("1", (6_100, 6_000)).save(out, "PNG")
    return out.getvalue()


def lying() -> bytes:
    at = WHOLE.index(b"\xff\xc0") + 5
    return WHOLE[:at] + struct.pack("!HH", 2_880, 5_120) + WHOLE[at + 4 :]


BAD = {
    "picture_empty": b"",
    "picture_not_one": bytes(range(256)) * 40,
    "picture_is_pdf": b"%PDF-1.7 " + b"x" * 2_000,
    "picture_broken": WHOLE[: len(WHOLE) // 2],
    "picture_animated": animated(),
    "picture_too_large": huge(),
    "picture_too_small": one_pixel(),
}


@pytest.mark.parametrize("path", (*JOBS, "shelf/pictures"))
@pytest.mark.parametrize("code", BAD)
def test_pictures_that_are_none(shop: Stranger, path: str, code: str) -> None:
    for name in (path, f"{path}?bay=bay-1"):
        answer = shop.ask("POST", name, BAD[code], Content_Type="image/jpeg")
        assert (answer.status, answer.code) == (422, code), answer.text
        assert len(answer.json["detail"]) > 10, "a sentence"


def test_a_header_that_lies_about_its_size_is_survived(shop: Stranger) -> None:
    for path in JOBS:
        assert shop.ask("POST", path, lying(), Content_Type="image/jpeg").code == "picture_broken"
    assert shop.ask("POST", JOBS[0], b"\xff\xd8" * (20 << 20)).status == 413
    assert ended(shop, shop.post(JOBS[0], WHOLE, 202)["job_id"])["status"] == "completed", "what sees lives on"


@pytest.mark.parametrize("path", JOBS)
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"camera": "nothing", "location": "bay-1"}, 404, "no_such_camera"),
        ({"camera": 3}, 400, "body_wrong"),
        ({}, 400, "body_wrong"),
        (b"{", 400, "body_wrong"),
    ],
    ids=str,
)
def test_cameras_that_there_are_none_of(shop: Stranger, path: str, body: Any, status: int, code: str) -> None:
    answer = shop.ask("POST", path, body)
    assert (answer.status, answer.code) == (status, code), answer.text


@pytest.mark.parametrize(
    "job", ["nothing", "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "..%2f..%2fetc%2fpasswd", "x" * 300]
)
def test_jobs_that_there_are_none_of(shop: Stranger, job: str) -> None:
    answer = shop.ask("GET", f"vision/processing-status/{job}")
    assert answer.status == 404 and answer.json["detail"]


def test_more_than_may_wait_are_told_to_come_again(shop: Stranger) -> None:
    answers = [shop.ask("POST", JOBS[0], WHOLE) for _ in range(JOBS_WAITING + 2)]
    jobs = [one.json["job_id"] for one in answers if one.status == 202]
    refused = [one for one in answers if one.status != 202]
    assert all((one.status, one.code) == (503, "vision_busy") for one in refused)
    states = {shop.get(f"vision/processing-status/{job}")["status"] for job in jobs}
    assert states <= {"pending", "running", "completed"}
    assert ended(shop, jobs[-1])["status"] == "completed"


@pytest.mark.parametrize("path", (*JOBS, "shelf/pictures"))
def test_a_stranger_at_the_till_may_not_look(shop: Stranger, path: str) -> None:
    assert shop.plain("POST", f"/api/v1/{path}", WHOLE).status == 403
    assert shop.plain("GET", "/api/v1/shelf/bays/bay-1").status in (200, 403)


def test_findings_cameras_and_what_is_kept_have_addresses(shop: Stranger, plan: dict[str, Any]) -> None:
    assert shop.get("shelf/cameras")["cameras"] == []
    for query in ("shelf_findings", "shelf_compliance", "phantom_stock", "gap_costs", "bottle_types"):
        assert not shop.get(f"queries/{query}")["result"], query
    assert [one["bay"] for one in shop.get("queries/planograms")["result"]] == ["bay-1"]
    assert shop.ask("GET", "shelf/kept?day=yesterday").status == 400
