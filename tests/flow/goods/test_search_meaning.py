"""Search by meaning, through a real worker: a model of sentences that knows one word in two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Value
from edge.goods.search.embeddings import pending
from edge.goods.search.meaning import MEANING
from edge.goods.search.service import semantic_search
from edge.goods.search.service.semantic_search import SemanticSearch
from edge.goods.search.service.speech_phrases import Grammar
from edge.runtime import inference
from edge.runtime.inference import Inference
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.contract.rigs_vision import sentences
from tests.shipping import ship_no_model
from tests.shop_fixture import CONFIG, SYSTEM, run
from tests.sync_doubles import until

MODELS = """
[models]
memory_mb = 1000
[[models.model]]
name = "words"
kind = "embed"
engine = "onnx"
size_mb = 0
memory_mb = 200
licence = "none"
files = { "model.onnx" = "", "tokenizer.json" = "" }
"""
SEARCH = "/api/v1/search?q=חלב"


def test_a_word_of_another_language_finds_what_means_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship_no_model(monkeypatch, tmp_path)
    monkeypatch.setattr(inference, "START_S", 0.0)
    monkeypatch.setattr(semantic_search, "POLL_S", 0.02)
    monkeypatch.setattr(semantic_search, "QUESTION_S", 10.0)

    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + MODELS) as served, calling(served) as caller:
            folder = served.config.folder / "models" / "words"
            folder.mkdir(parents=True)
            sentences(folder)

            async def found() -> list[str]:
                answer = await caller.get(SEARCH)
                return [product["sku"] for product in answer.json["result"]["products"]]

            products = (Product("milk", {"en": "Cow"}), Product("m1", {"en": "milk"}), Product("w1", {"en": "wine"}))
            assert isinstance(await served.shop.do(SetProducts(products, whole=True), SYSTEM), Done)
            models = Inference(served.config, served.shop, Grammar(served.config.ledger))
            means = SemanticSearch(models, served.shop, served.config.ledger)
            served.site.services.put(MEANING, means)
            assert await means.of("milk") is None, "no model runs yet, and nobody waits for one"
            assert "m1" not in await found()
            served.supervisor.start(Part("models", models.run))
            served.supervisor.start(Part("meaning", lambda ready: means.run()))
            reader = served.shop.reader
            kept = "SELECT count(*) FROM search_sense WHERE model = 'words'"
            await until(lambda: reader.execute(kept).fetchone()[0] == 6, "the model was asked about every product", 60)
            assert await found() == ["m1"]
            listed = await caller.get("/api/v1/products?text=חלב")
            assert [product["sku"] for product in listed.json["products"]] == ["m1"]
            assert "sku=m1" in (await caller.get("/fragments/goods?text=חלב")).text
            assert "sku=m1" not in (await caller.get("/fragments/goods?text=חלב&retired=yes")).text
            renamed = Product("w1", {"en": "חלב milk"})
            assert isinstance(await served.shop.do(SetProducts((renamed,)), SYSTEM), Done)
            await until(
                lambda: pending(reader, "words", 0, 9) == [], "what is called otherwise is asked about again", 60
            )
            assert len(pending(reader, "another", 0, 9)) == 6, "another model has everything before it"
            described = {"description": Value("a mild drink of cows"), "effects": Value("wine")}
            told = Product("w1", {"en": "wine"}, brand="Acme", attributes=described)
            assert isinstance(await served.shop.do(SetProducts((told,), whole=True), SYSTEM), Done)
            texts = {one.text for one in pending(reader, "another", 0, 9)}
            assert "wine (Acme). a mild drink of cows" in texts, "a description is told, effects are not"
            await served.supervisor.stop()
            assert await means.of("wine") is None

    run(scenario(), 120)
