"""Products alike by their pictures, through a real worker: by rules alone, without any file of a model."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.service.speech_phrases import Grammar
from edge.ordering.recommend.service import picture_likeness
from edge.ordering.recommend.service.picture_likeness import PictureLikeness
from edge.ordering.recommend.similar.picture_likeness import PICTURE_LIKENESS
from edge.runtime import inference
from edge.runtime.inference import Inference
from sim.product_pictures import draw_picture, put_into
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run
from tests.sync_doubles import until

KINDS = {"red1": "pantry", "red2": "pantry", "blue": "drinks", "green": "snacks"}
NAMES = {"red1": "Ketchup", "red2": "Ketchup", "blue": "Mineral water", "green": "Watermelon"}
"""By these a drawing is red, red, blue and green."""
SIMILAR = "/api/v1/products/similar"


def test_products_are_alike_by_their_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "START_S", 0.0)
    monkeypatch.setattr(picture_likeness, "POLL_S", 0.02)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            all_rights = {"Grant": served.site.door.token, "Surface": "panel"}
            folder = served.config.pictures
            files = put_into(folder, KINDS, NAMES)
            (folder / "broken.webp").write_bytes(b"RIFF, and nothing else")
            pictured = {**files, "torn": "broken.webp", "lost": "nowhere.webp"}
            products = (
                Product(sku, {"en": f"{sku} {number}"}, price_minor=100 + 300 * number, pictures=(name,))
                for number, (sku, name) in enumerate(pictured.items())
            )
            await done(served.shop, SetProducts(tuple(products)), SYSTEM)

            async def like(data: bytes) -> Any:
                body = {"picture": base64.b64encode(data).decode()}
                return await caller.call("POST", SIMILAR, body, **all_rights)

            red = draw_picture("pantry", 7, "Ketchup")
            none = await like(red)
            assert (none.status, none.code) == (422, "no_picture_model")
            models = Inference(served.config, served.shop, Grammar(served.config.ledger))
            likeness = PictureLikeness(models, served.shop, served.config.ledger, folder)
            served.site.services.put(PICTURE_LIKENESS, likeness)
            served.supervisor.start(Part("models", models.run))
            served.supervisor.start(Part("pictures", lambda ready: likeness.run()))
            kept = "SELECT count(vector), count(*) FROM recommend_picture WHERE model = 'plain-looks'"
            reader = served.shop.reader
            await until(lambda: reader.execute(kept).fetchone() == (4, 5), "each file was looked at that there is", 60)

            asked = await caller.call("GET", "/api/v1/products/red1/similar", **all_rights)
            alike = {one["sku"]: one for one in asked.json}
            assert alike["red2"]["picture"] > 0.99, "the same drawing in the same colour"
            found = await like(red)
            assert found.status == 200 and {one["sku"] for one in found.json[:2]} == {"red1", "red2"}
            assert found.json[0]["text"] is None and found.json[0]["picture"] == pytest.approx(found.json[0]["score"])
            no_picture = await like(b"Dear shop, this is a letter.")
            assert (no_picture.status, no_picture.code) == (422, "picture_unreadable")
            two = await caller.call("POST", SIMILAR, {"picture": "AAAA", "sku": "red1"}, **all_rights)
            assert two.status == 422
            await served.supervisor.stop()

    run(scenario(), 120)
