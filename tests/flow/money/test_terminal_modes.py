"""A terminal that is set up for tests sells nothing as if it were paid, and a live one charges no one for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import pytest

from drivers.terminals.modes import mode_of, mode_of_key
from edge.core.messages import Refused
from edge.counter.till.commands import Pay
from edge.lib.errors import ConfigError
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import read_providers
from edge.operations.ledger import build_registry
from edge.runtime.secrets import secrets_of
from tests.card_shop import CardShop, card_shop, device_of
from tests.counter_shop import paper
from tests.shop_fixture import CONFIG, SYSTEM, config, done, open_shop, run

Mode = Literal["test", "live"]
MODES: tuple[Mode, ...] = get_args(Mode)


async def in_mode(counter: CardShop, driver: str, mode: Mode) -> None:
    await done(counter.shop, SetProvider(Provider("ours", driver, mode, ("EUR",))), SYSTEM)  # type: ignore[arg-type]


@pytest.mark.parametrize("driver", ["nexo", "stripe_terminal", "sim"])
def test_of_one_that_is_set_up_for_tests_paper_says_so(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            assert payment.mode == "test" and any("TEST" in line for line in paper(counter.shop, "receipt"))

    run(scenario())


def test_what_would_be_sold_for_no_money_is_not_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "nexo") as counter:
            await in_mode(counter, "nexo", "live")
            await counter.begin()
            await counter.until(lambda one: one.code == "wrong_mode", "it is said what is wrong")
            assert (counter.device.requests, counter.sales()) == (0, [])
            await done(counter.shop, Pay("cash"))
            assert len(counter.sales()) == 1
            await in_mode(counter, "nexo", "test")
            await counter.ends("captured", await counter.begin())

    run(scenario())


def test_a_terminal_of_another_currency_is_said_at_the_start(tmp_path: Path) -> None:
    """Not by the first card: it would answer that it does not take that currency."""
    francs = CONFIG + device_of("zvt") + 'currency = "CHF"\n'
    with pytest.raises(ConfigError) as other:
        build_registry(config(tmp_path, francs))
    assert "'pad' takes CHF, but the store uses EUR" in other.value.what and 'currency = "EUR"' in other.value.advice
    build_registry(config(tmp_path, francs.replace("CHF", "EUR")))


def test_no_one_is_charged_for_a_test(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "stripe_terminal") as counter:
            await in_mode(counter, "stripe_terminal", "test")
            await counter.kill()
            await counter.start(key="rk_live_corner")
            await counter.begin()
            await counter.until(lambda one: one.code == "wrong_mode", "it is said what is wrong")
            assert counter.device.requests == 0

    run(scenario())


def test_a_key_of_the_other_mode_is_refused_as_its_provider_is_set(tmp_path: Path) -> None:
    """Its own key, else that of the page or of the terminals; what no one entered yet says nothing."""
    pages = '[payments]\npage = "stripe_checkout"\npage_key = "secret:pages"\npage_back = "https://shop.example/"\n'
    text = CONFIG + pages + device_of("stripe_terminal")

    async def scenario() -> None:
        async with open_shop(tmp_path, text=text) as shop:

            async def said(driver: str, mode: Mode, credential: str = "") -> str:
                provider = Provider("p", driver, mode, ("EUR",), credential=credential)  # type: ignore[arg-type]
                outcome = await shop.do(SetProvider(provider), SYSTEM)
                return outcome.code if isinstance(outcome, Refused) else ""

            assert await said("stripe_checkout", "live") == "", "nobody entered its key yet"
            for name, key in (("pages", "sk_live_corner"), ("tried", "rk_test_corner"), ("adyen", "AQEcorner")):
                secrets_of(config(tmp_path, text).folder).set(name, key)
            assert await said("stripe_checkout", "test") == "wrong_mode"
            assert [one.mode for one in read_providers(shop.reader)] == ["live"], "it is as it was"
            assert await said("stripe_checkout", "live") == ""
            assert await said("stripe_checkout", "live", "secret:tried") == "wrong_mode"
            assert await said("stripe_checkout", "test", "secret:tried") == ""
            assert await said("stripe_terminal", "live") == "wrong_mode", "its terminal's is for tests"
            assert await said("stripe_terminal", "test") == ""
            assert [await said("nexo", mode, "secret:adyen") for mode in MODES] == ["", ""], "Adyen's do not say it"

    run(scenario())


def test_what_says_in_which_mode_a_terminal_is() -> None:
    assert [mode_of_key(key) for key in ("sk_test_1", "rk_test_1", "sk_live_1", "rk_live_1", "", "secret:key")] == [
        *("test", "test", "live", "live"),
        *("", ""),
    ]
    assert [mode_of("nexo", {"environment": said}) for said in ("test", "live")] == ["test", "live"]
    assert mode_of("nexo", {}) == "live" and mode_of("zvt", {"host": "pad"}) == ""
    assert mode_of("clover", {"host": "sandbox.dev.clover.com"}) == "test"
    assert mode_of("clover", {"host": "192.168.1.9"}) == mode_of("stripe_terminal", {"key": "secret:key"}) == ""
