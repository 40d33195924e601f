"""What goes together and what is alike: learnt, measured, and suggested to a basket, a product and a person."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import LineSold, RefundedLine, RefundSale, SellBasket, TenderGiven
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.product import Product, Value
from edge.lib.regions.place import Jurisdiction
from edge.ordering.recommend.commands import (
    FinishRecommendations,
    NoteSuggestion,
    RevertRecommendations,
    SetSuggestionRule,
)
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.learning import model_file, trainer
from edge.ordering.recommend.learning.evaluation import evaluate, lower_bound
from edge.ordering.recommend.learning.pairs import count_pairs
from edge.ordering.recommend.learning.train_protocol import PairsRequest
from edge.ordering.recommend.profiles import persons
from edge.ordering.recommend.profiles.persons import profile_of, read_purchases
from edge.ordering.recommend.queries import (
    best_for_anybody,
    model_at,
    model_in_use,
    recommendation_models,
    suggestion_counts,
)
from edge.ordering.recommend.rules import outcome_of
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.recommend.similar.likeness import (
    Features,
    category_likeness,
    feature_likeness,
    hash_trigrams,
    rarity,
    unit_rows,
)
from edge.ordering.recommend.suggester import Suggester
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.people.customers.commands import ForgetCustomer, GiveConsent, MergeCustomers, SetCustomer, WithdrawConsent
from edge.people.customers.customer import NotMine, Preferences
from tests.catch_up import catch_up
from tests.customers import known
from tests.shop_fixture import MANAGER, SYSTEM, done, open_shop, run

CARD = (TenderGiven("card"),)
PLACE = Jurisdiction("FR")


def _basket(*rows: int) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def test_pairs_speak_for_what_was_bought_together_and_sales_for_the_rest() -> None:
    baskets = [_basket(0, 1)] * 8 + [_basket(2)] * 30 + [_basket(3, 4)]
    pairs = count_pairs(baskets, 5, np.zeros(5, dtype=np.int64))
    scores = pairs.rank(_basket(0))
    assert list(np.argsort(-scores, kind="stable")[:2]) == [1, 2], "what goes with it, then what sells"
    assert pairs.with_these(_basket(0))[1] == pytest.approx(8 / (8 + 5))
    one_person = count_pairs([_basket(0, 1)] * 3, 2, np.zeros(2, dtype=np.int64), [7, 7, 7])
    assert not one_person.partner.size, "nobody's own habit is shown to others"
    two = count_pairs([_basket(0, 1)] * 2, 2, np.zeros(2, dtype=np.int64), [7, 8])
    assert list(two.together) == [2, 2]


def test_a_ranking_is_measured_by_what_was_hidden_the_same_way_each_time() -> None:
    held = [_basket(0, 1), _basket(0, 1, 2)]
    right = evaluate(held, lambda rest: np.where(np.isin(np.arange(30), [0, 1, 2]), 1.0, 0.0), 30)
    wrong = evaluate(held, lambda rest: np.where(np.arange(30) > 10, 1.0, 0.0), 30)
    assert (right.questions, right.recall10, wrong.recall10) == (5, 1.0, 0.0)
    assert right.auc > 0.9 > wrong.auc and lower_bound(right.hits, wrong.hits) == 1.0
    assert right == evaluate(held, lambda rest: np.where(np.isin(np.arange(30), [0, 1, 2]), 1.0, 0.0), 30)
    assert lower_bound(right.hits, right.hits) == 0.0, "the same is not better"


def test_a_model_is_deployed_only_where_it_is_surely_better() -> None:
    assert outcome_of(851, 1, None, 0) == "deployed"
    for worse in ((850, 1, None, 0), (900, 0, None, 0), (900, 5, 0, 0), (900, 5, 5, 1)):
        assert outcome_of(*worse) == "kept", worse
    assert outcome_of(900, 5, 5, 0) == "deployed"


def test_likeness_counts_what_is_known_of_both() -> None:
    counts = hash_trigrams(["cheddar cheese old", "old cheddar cheese", "garden hose"])
    rows = unit_rows(counts, rarity(counts))
    assert rows[0] @ rows[1] > 0.8 > 0.3 > rows[0] @ rows[2]
    assert category_likeness(("a", "b"), ()) is None and category_likeness(("a", "b"), ("a", "b")) == 1
    spans = {("THC", "%"): 10_000.0}
    one = Features(attributes={"THC": Value("18-22", 18_000, 22_000, "%")}, price_minor=1_000)
    same = feature_likeness(one, one, spans)
    other = Features(attributes={"THC": Value("15", 15_000, 15_000, "%")}, price_minor=4_000)
    assert same == 1 and feature_likeness(one, other, spans) == pytest.approx((0.5 + 0) / 2)
    assert feature_likeness(one, Features(), spans) is None
    mg = Features(attributes={"THC": Value("5", 5_000, 5_000, "mg")})
    assert feature_likeness(one, mg, spans) is None, "another unit is another thing"


async def _stocked(shop: CommandBus) -> None:
    names = {"bread": "Bread", "butter": "Butter", "jam": "Strawberry jam", "jam2": "Raspberry jam", "hose": "Hose"}
    await done(shop, SetCategories((Category("food", {"en": "Food"}), Category("tools", {"en": "Tools"}))), SYSTEM)
    products = [
        Product(sku, {"en": name}, price_minor=300, category="tools" if sku == "hose" else "food")
        for sku, name in names.items()
    ]
    await done(shop, SetProducts(tuple(products)), SYSTEM)


def test_a_conversation_names_what_sells_and_may_be_suggested_to_anyone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            await _sold(shop, "beer", "jam", age=99)
            await _sold(shop, "hose", "jam")
            await catch_up(shop)

            def told(**settings: object) -> list[str]:
                base = RecommendSettings(place=PLACE, **settings)  # type: ignore[arg-type]
                return best_for_anybody(shop.reader, base, shop.now_us(), "2027-01-15", 5)

            assert told() == ["jam", "hose"], "nobody was looked at"
            assert told(private=("tools",)) == ["jam"] and told(chat=False) == told(on=False) == []

    run(scenario())


async def _sold(shop: CommandBus, *skus: str, customer: str = "", age: int = 0) -> int:
    sale = SellBasket(tuple(LineSold(sku=sku) for sku in skus), CARD, customer=customer, age_checked=age)
    outcome = await done(shop, sale)
    return next(event.number for event in outcome.events if type(event).__name__ == "SaleCompleted")


def _asked(shop: CommandBus, **more: object) -> SuggestionRequest:
    return SuggestionRequest("till", shop.now_us(), "2027-01-15", **more)  # type: ignore[arg-type]


def _trained(shop: CommandBus) -> RecommendationsTrained:
    ledger = shop.reader.execute("PRAGMA database_list").fetchone()[2]
    return trainer.train_pairs(shop.reader, PairsRequest(ledger, "2099-01-01", shop.now_us(), country="FR"))


@pytest.mark.parametrize(
    "name", [{"en": "Contraception"}, {"fr": "MÉDICAMENTS"}, {"he": "תרופות ללא מרשם"}, {"en": "Pregnancy tests"}]
)
def test_medicine_and_the_like_are_suggested_nowhere_by_what_their_category_is_called(
    tmp_path: Path, name: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            below = Category("below", {"en": "All of these"}, parent="shelf")
            await done(shop, SetCategories((Category("shelf", name), below)), SYSTEM)
            goods = [Product(f"box{n}", {"en": f"Small box {n}"}, price_minor=300, category="below") for n in range(2)]
            await done(shop, SetProducts(tuple(goods)), SYSTEM)

            def alike(**settings: Any) -> list[str]:
                asked = SuggestionRequest("api", shop.now_us(), "2027-01-15", sku="box0")
                suggester = Suggester(RecommendSettings(place=PLACE, **settings))
                return [one.sku for one in suggester.suggest(shop.reader, asked).new]

            assert "box1" not in alike() and "box1" in alike(private_by_name=False)
            assert "box1" not in alike(private_by_name=False, private=("shelf",))

    run(scenario())


def test_a_count_is_kept_and_serves_or_what_sells_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            suggester = Suggester(RecommendSettings(place=PLACE))
            for _ in range(6):
                await _sold(shop, "bread", "butter")
                await _sold(shop, "hose")
            voided = await _sold(shop, "bread", "hose")
            back = RefundSale(
                number=voided, lines=(RefundedLine(1, 1000), RefundedLine(2, 1000)), kind="card", reason="wrong"
            )
            await done(shop, back, MANAGER)
            await catch_up(shop)
            assert _trained(shop).outcome == "not_enough"
            first = suggester.suggest(shop.reader, _asked(shop, goods=(("bread", 1000),)))
            assert {one.reason for one in first.new} == {"sells"} and "bread" not in [one.sku for one in first.new]
            monkeypatch.setattr(trainer, "LEAST_BASKETS", 10)
            monkeypatch.setattr("edge.ordering.recommend.learning.baskets.HISTORY_DAYS", 60_000)
            made = _trained(shop)
            assert (made.baskets, made.broken) == (12, 0), "what came back whole is no basket"
            await done(shop, FinishRecommendations(made), SYSTEM)
            assert (await done(shop, FinishRecommendations(made), SYSTEM)).events == (), "the same days are no news"
            used = model_in_use(shop.reader)
            assert made.outcome == "kept" and (used is not None) == made.serves
            sure = RecommendationsTrained(
                made.model_version, made.through, "deployed", 12, serves=True, checksum=made.checksum
            )
            better = _as_version(shop, sure, "pairs-later")
            await done(shop, FinishRecommendations(better), SYSTEM)
            found = suggester.suggest(shop.reader, _asked(shop, goods=(("bread", 1000),)))
            assert (found.new[0].sku, found.new[0].reason) == ("butter", "with")
            assert found == suggester.suggest(shop.reader, _asked(shop, goods=(("bread", 1000),)))
            _without_file(shop, "pairs-later")
            gone = Suggester(RecommendSettings(place=PLACE)).suggest(
                shop.reader, _asked(shop, goods=(("bread", 1000),))
            )
            assert {one.reason for one in gone.new} == {"sells"}, "without its file what sells is suggested"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def _without_file(shop: CommandBus, version: str) -> None:
    (model_file.folder_beside(shop.reader) / f"{version}.npz").unlink()


def _as_version(shop: CommandBus, made: RecommendationsTrained, version: str) -> RecommendationsTrained:
    """The same file under another version."""
    folder = model_file.folder_beside(shop.reader)
    model_file.keep(folder, version, (folder / f"{made.model_version}.npz").read_bytes())
    return msgspec.structs.replace(made, model_version=version)


def test_one_step_back_pins_bans_and_what_became_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            assert await shop.do(RevertRecommendations(), SYSTEM) == Refused("no_earlier_recommendations")
            for version in ("a", "b"):
                made = RecommendationsTrained(version, "2027-01-10", "deployed", 600, serves=True)
                await done(shop, FinishRecommendations(made), SYSTEM)
            await done(shop, RevertRecommendations(), SYSTEM)
            now = model_at(shop.reader, 0)
            assert now and now.trained.model_version == "a" and len(recommendation_models(shop.reader)) == 2
            for _ in range(3):
                await _sold(shop, "hose", "jam")
            await _sold(shop, "butter")
            await catch_up(shop)
            suggester = Suggester(RecommendSettings(place=PLACE))
            await done(shop, SetSuggestionRule("hose", "banned"), SYSTEM)
            await done(shop, SetSuggestionRule("butter", "pinned"), SYSTEM)
            found = suggester.suggest(shop.reader, _asked(shop))
            assert [one.sku for one in found.new] == ["butter", "jam"]
            await done(shop, RetireProducts(("butter",)), SYSTEM)
            found = suggester.suggest(shop.reader, _asked(shop))
            assert [one.sku for one in found.new] == ["jam"], "a pin bends no rule"
            outcome = await shop.do(SetSuggestionRule("nobody", "pinned"), SYSTEM)
            assert outcome == Refused("unknown_sku", {"sku": "nobody"})
            await done(shop, NoteSuggestion(found.id, "shown", 3))
            await done(shop, NoteSuggestion(found.id, "taken"))
            (count,) = suggestion_counts(shop.reader)
            assert (count.surface, count.register, count.shown, count.taken) == ("till", "1", 3, 1)
            off = Suggester(RecommendSettings(till=False, place=PLACE))
            assert off.suggest(shop.reader, _asked(shop)).new == []
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_is_alike_follows_the_catalogue_and_keeps_the_young_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            suggester = Suggester(RecommendSettings(place=PLACE))

            def like(sku: str, **more: object) -> list[str]:
                return [one.sku for one in suggester.suggest(shop.reader, _asked(shop, sku=sku, **more)).new]

            assert like("jam")[0] == "jam2"
            assert "beer" not in like("jam") and "jam" not in like("jam")
            jam3 = Product("jam3", {"en": "Strawberry jam, big"}, price_minor=300, category="food")
            await done(shop, SetProducts((jam3,)), SYSTEM)
            assert like("jam")[0] == "jam3", "what is new is found at once"
            await done(shop, RetireProducts(("jam3",)), SYSTEM)
            assert like("jam")[0] == "jam2"
            ale = Product("ale", {"en": "Beer, pale"}, price_minor=250, min_age=18)
            await done(shop, SetProducts((ale,)), SYSTEM)
            assert "ale" not in like("beer") and "ale" in like("beer", age_checked=18)
            assert like("nothing of that number") == []

    run(scenario())


def test_what_somebody_says_is_not_theirs_does_not_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            dana = await known(shop)
            suggester = Suggester(RecommendSettings(place=PLACE))
            for _ in range(3):
                await _sold(shop, "bread", "jam", customer=dana)
            await catch_up(shop)
            for purpose in ("profile", "recommendations"):
                await done(shop, GiveConsent(dana, purpose, "en"), SYSTEM)
            for not_mine, again in (
                (NotMine("brand", "Nobody's"), ["bread", "jam"]),
                (NotMine("category", "food"), []),
            ):
                await done(shop, SetCustomer(dana, preferences=Preferences(not_mine=(not_mine,))), SYSTEM)
                found = suggester.suggest(shop.reader, _asked(shop, customer=dana))
                assert [one.sku for one in found.again] == again
                assert not {"bread", "jam"} & {one.sku for one in found.new}, "and is nothing new to them"
                profile = profile_of(shop.reader, dana, shop.now_us(), "2027-01-15")
                assert (profile is not None) == bool(again)

    run(scenario())


def test_a_person_is_advised_by_both_consents_and_forgotten_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await _stocked(shop)
            dana, bo = await known(shop), await known(shop, name="Bo")
            suggester = Suggester(RecommendSettings(place=PLACE))
            receipts = [await _sold(shop, "bread", "jam", customer=dana) for _ in range(3)]
            for _ in range(2):
                await _sold(shop, "butter")
            await catch_up(shop)

            def lists(customer: str) -> tuple[list[str], list[str]]:
                found = suggester.suggest(shop.reader, _asked(shop, customer=customer))
                return [one.sku for one in found.again], [one.sku for one in found.new]

            assert lists(dana)[0] == [] and profile_of(shop.reader, dana, shop.now_us(), "2027-01-15") is None
            await done(shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            assert lists(dana)[0] == [], "one of the two is not enough"
            await done(shop, GiveConsent(dana, "recommendations", "en"), SYSTEM)
            again, new = lists(dana)
            assert again == ["bread", "jam"] and "butter" in new and not {"bread", "jam"} & set(new)
            profile = profile_of(shop.reader, dana, shop.now_us(), "2027-01-15")
            assert profile and (profile.purchases, profile.categories) == (6, ["food"])
            for number in receipts:
                await done(
                    shop, RefundSale(number=number, lines=(RefundedLine(2, 1000),), kind="card", reason="bad"), MANAGER
                )
            assert lists(dana)[0] == ["bread"], "what came back counts off"
            await done(shop, GiveConsent(bo, "profile", "en"), SYSTEM)
            await done(shop, GiveConsent(bo, "recommendations", "en"), SYSTEM)
            await done(shop, MergeCustomers(bo, dana), SYSTEM)
            assert lists(dana)[0] == lists(bo)[0] == ["bread"], "anew from both"
            await done(shop, WithdrawConsent(bo, "profile"), SYSTEM)
            assert lists(bo)[0] == [] and profile_of(shop.reader, bo, shop.now_us(), "2027-01-15") is None
            await done(shop, GiveConsent(bo, "profile", "en"), SYSTEM)
            assert lists(bo)[0] == ["bread"]
            bought, loop, reader = persons.read_purchases, asyncio.get_running_loop(), shop.open_reader()

            def forgotten_meanwhile(*asked: Any) -> Any:
                found = bought(*asked)
                asyncio.run_coroutine_threadsafe(done(shop, ForgetCustomer(bo), SYSTEM), loop).result(30)
                return found

            monkeypatch.setattr(persons, "read_purchases", forgotten_meanwhile)
            found = await asyncio.to_thread(suggester.suggest, reader, _asked(shop, customer=bo))
            assert (found.again, found.new) == ([], []), "forgotten while it was made"
            reader.close()
            monkeypatch.undo()
            assert lists(bo)[0] == [] and profile_of(shop.reader, bo, shop.now_us(), "2027-01-15") is None
            assert read_purchases(shop.reader, "c0", shop.now_us(), "2027-01-15").weights == {}
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
