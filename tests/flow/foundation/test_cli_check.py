"""`edge check`: what is wrong and what to do, in a shop that runs and in one that does not."""

from pathlib import Path

import pytest

from models.manifest.availability import spare_processors
from sim.broker import Broker
from tests.flow.conversation.test_chat_voice import wav
from tests.http_client import PIN, Ended, edge
from tests.shop_fixture import CONFIG as HOUSE
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, store


def found(said: Ended, part: str) -> str:
    """What is said of a part, with the advice below it."""
    lines = said.out.splitlines()
    place = next(number for number, line in enumerate(lines) if line[7:].startswith(f"{part}:"))
    advice = lines[place + 1].strip() if lines[place + 1].startswith("  ") else ""
    return f"{lines[place]} {advice}".strip()


def test_without_a_configuration(tmp_path: Path) -> None:
    said = run(edge("--config", tmp_path / "none.toml", "check"))
    assert said.status == 1
    assert "none.toml" in said.out and "--config" in said.out


def test_with_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[store]\nid = "corner"\nheader = []\ncurency = "EUR"\n')
    said = run(edge("--config", path, "check"))
    assert said.status == 1
    assert "line 4" in found(said, "configuration") and "currency" in found(said, "configuration")


def test_more_threads_of_models_than_processors_left_by_the_till(tmp_path: Path) -> None:
    spare = spare_processors()
    for threads, well in ((spare, True), (spare + 1, False)):
        path = tmp_path / "config.toml"
        path.write_text(f"{HOUSE}\n[models]\nthreads = {threads}\n")
        said = run(edge("--config", path, "check"))
        assert ("threads of models" not in said.out) is well, said
    assert f"Set threads to at most {spare}" in found(said, "threads of models")


def test_a_shop_that_does_not_run(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Broker() as broker, store(tmp_path) as shop:
            shop.configure(CONFIG, broker.port)
            new = await shop.edge("check")
            assert (new.status, new.out.splitlines()[-1]) == (0, "No problems; 3 of 11 have remarks."), new
            assert found(new, "directives").startswith(
                "warn   directives: This box can't verify that updates come from head office"
            )
            assert found(new, "appliance").startswith("warn   appliance: it isn't running")
            assert found(new, "backups").startswith("warn   backups: none are made")
            assert "[backup] in config.toml" in found(new, "backups")
            assert not shop.config.folder.exists(), "looking makes nothing"
            assert "the first start creates it" in found(new, "ledger")
            assert found(new, "printer").endswith("It is a SIM-80.")
            shop.printer.paper_out()
            out = found(await shop.edge("check"), "printer")
            assert out == "WRONG  printer: The printer is out of paper. Insert a new roll and close the cover."
            shop.scanner.unplug()
            shop.printer.refuse()
            broker.stop()
            off = await shop.edge("check")
            assert (off.status, off.out.splitlines()[-1].split()[0]) == (1, "3")
            assert found(off, "scanner").startswith("WRONG") and "plugged in" in found(off, "scanner")
            assert found(off, "printer").startswith("WRONG")
            assert "Sales continue" in found(off, "broker")

    run(scenario())


def test_a_shop_that_runs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            new = await shop.edge("check")
            assert new.status == 1
            assert "Set it: edge pin" in found(new, "PIN")
            assert found(new, "appliance").startswith("ok")
            assert "3 products" in found(new, "ledger")
            assert (await shop.edge("pin", stdin=PIN + "\n")).status == 0
            await shop.api.do("SetSetting", shop.api.token, name="catalog.retired", value="sell", by="head office")
            well = await shop.edge("check")
            assert well.out.splitlines()[-1].startswith("No problems; 2 of"), "no backups; nobody is told of alerts"
            assert 'ok     catalog.retired: "sell", set by head office' in found(well, "catalog.retired")
            shop.printer.refuse()
            await shop.sell()
            lost = await shop.part("printer", "lost")
            off = await shop.edge("check")
            assert off.status == 1
            assert found(off, "printer") == f"WRONG  printer: {lost['what']} {lost['advice']}"

    run(scenario())


def test_a_microphone_that_no_words_can_wake_starts_and_is_named(tmp_path: Path) -> None:
    ear = '[[device]]\nname = "ear"\nrole = "microphone"\ndriver = "wav"\nregister = "1"\nwake = "good morning"\n'

    async def scenario() -> None:
        (said := tmp_path / "said.wav").write_bytes(wav(b"\0\0" * 16_000, 16_000))
        async with store(tmp_path, text=f'{CONFIG}{ear}path = "{said}"\n') as shop:
            told = "warn   ear: “good morning” can't be used as wake words, because people use them as a greeting."
            assert found(await shop.edge("check"), "ear").startswith(told)
            await shop.start(PRODUCTS)
            now = found(await shop.edge("check"), "ear")
            assert now.startswith(told) and "wake words in config.toml" in now

    run(scenario())


def test_a_hub_that_is_away_is_named_while_the_shop_runs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Broker() as broker, store(tmp_path) as shop:
            shop.configure(CONFIG, broker.port)
            await shop.start(PRODUCTS)
            said = found(await shop.edge("check"), "hub")
            assert said.startswith("WRONG") and "it has everything up to #0 of" in said

    run(scenario())


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one" * 500, b""])
def test_a_ledger_that_is_none(tmp_path: Path, content: bytes) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            shop.config.folder.mkdir()
            shop.config.ledger.write_bytes(content)
            said = await shop.edge("check")
            assert said.status == 1
            assert found(said, "ledger").startswith("WRONG")
            for words in (("verify",), ("journal", "export")):
                refused = await shop.edge(*words)
                assert refused.status == 1
                assert refused.err.startswith("edge: The ledger ") and "Traceback" not in refused.err

    run(scenario())
