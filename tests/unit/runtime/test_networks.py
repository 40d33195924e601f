"""The box's own network: what there is, joining, what went wrong, and a password that is nowhere else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from edge.core.messages import Refusal
from edge.runtime.networks import JoinNetwork, Networks
from sim import network_manager

PASSWORD = r"a \ long: password "
AIR: dict[str, dict[str, Any]] = {
    "Shop": {"signal": 72, "security": "WPA2 WPA3", "password": PASSWORD},
    "Café: 2": {"signal": 40, "security": ""},
    "Cellar": {"signal": 20, "security": "WPA2", "password": "12345678", "hidden": True},
    "New": {"signal": 30, "security": "WPA3", "password": "short"},
    "Office": {"signal": 50, "security": "WPA2 802.1X"},
    "Tired": {"signal": 55, "security": "WPA1", "password": "12345678", "address": False},
}
Using = Callable[[Networks, Path], None]


def play(folder: Path, using: Using, **more: Any) -> Path:
    """Use the networks of a box whose NetworkManager is simulated; returns its state's file."""
    file = network_manager.install(folder, **{"air": AIR, **more})

    using(Networks((str(folder / "nmcli"),)), file)
    return file


def join(networks: Networks, name: str, password: str = "", hidden: bool = False) -> str:
    """Try it; why not."""
    networks.join(JoinNetwork(name, password, hidden))
    networks.wait_until_done()
    state = networks.look()
    assert (state.tried == name) is bool(state.why) and (state.joined == name) is not bool(state.why)
    return state.why


def test_networks_are_listed_with_strength_and_lock_and_cables_first(tmp_path: Path) -> None:
    def using(networks: Networks, file: Path) -> None:
        state = networks.look(search=True)
        assert [(one.plugged, one.connected, one.address) for one in state.cables] == [(True, True, "192.168.7.10")]
        assert [(one.name, one.strength, one.lock) for one in state.networks] == [
            ("Shop", 72, "password"),
            ("Tired", 55, "password"),
            ("Office", 50, "other"),
            ("Café: 2", 40, "open"),
            ("New", 30, "password"),
        ]
        network_manager.change(file, cable="unplugged")
        assert not (networks.look()).cables[0].plugged

    play(tmp_path, using, cable="connected")


def test_an_attempt_that_ends_while_the_page_looks_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it stored for itself may be listed, so it's still said to run."""

    def using(networks: Networks, file: Path) -> None:
        ask, looking = networks._ask, threading.Event()

        def ask_and_end(*words: str, **more: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                looking.wait()
                return ask(*words, **more)
            looking.set()
            networks.wait_until_done()
            return ask(*words, **more)

        monkeypatch.setattr(networks, "_ask", ask_and_end)
        networks.join(JoinNetwork("Shop", "a wrong one"))
        state = networks.look()
        assert (state.joining, state.why) == ("Shop", "")
        assert networks.look().why == "password"

    play(tmp_path, using)


def test_a_joined_network_is_kept_and_its_password_is_given_to_nothing_else(tmp_path: Path) -> None:
    def using(networks: Networks, file: Path) -> None:
        networks.look()
        with capture_logs() as logged:
            assert join(networks, "Shop", "a wrong one") == "password"
            assert not network_manager.read(file)["stored"], "what doesn't work isn't stored"
            assert join(networks, "Shop", PASSWORD) == ""
        assert "wrong one" not in str(logged) and PASSWORD not in str(logged)
        assert PASSWORD not in repr(JoinNetwork("Shop", PASSWORD))
        shop = (networks.look()).networks[0]
        assert (shop.name, shop.connected) == ("Shop", True)
        assert (networks.look()).address == "192.168.7.20"

    state = network_manager.read(play(tmp_path, using))
    assert [one["password"] for one in state["stored"].values()] == [PASSWORD]
    assert "password" not in json.dumps(state["calls"]), "a list of processes would show it"


def test_what_went_wrong_is_told_apart(tmp_path: Path) -> None:
    def using(networks: Networks, file: Path) -> None:
        networks.look()
        assert join(networks, "Cellar", "12345678") == "not_found", "a hidden name must be called hidden"
        assert join(networks, "Cellar", "12345678", hidden=True) == ""
        assert join(networks, "Tired", "12345678") == "no_address"
        assert join(networks, "New", "short") == "", "WPA3 has no least length"
        assert join(networks, "Café: 2") == ""
        network_manager.change(file, allowed=False)
        assert join(networks, "Shop", PASSWORD) == "not_allowed"
        with pytest.raises(Refusal, match="network_password"):
            networks.join(JoinNetwork("Shop", "1234567"))
        with pytest.raises(Refusal, match="network_name"):
            networks.join(JoinNetwork("רשת של חנות גדולה מאוד", PASSWORD))

    play(tmp_path, using)


def test_a_stored_network_is_used_again_or_forgotten(tmp_path: Path) -> None:
    def using(networks: Networks, file: Path) -> None:
        networks.look()
        for name, password in (("Shop", PASSWORD), ("Café: 2", "")):
            assert join(networks, name, password) == ""
        shop = next(one for one in (networks.look()).networks if one.name == "Shop")
        networks.use(shop.known)
        with pytest.raises(Refusal, match="network_busy"):
            networks.join(JoinNetwork("Café: 2"))
        networks.wait_until_done()
        assert (networks.look()).networks[0].name == "Shop"
        network_manager.change(file, air={})
        assert [(one.name, one.strength) for one in (networks.look()).networks] == [("Shop", 0), ("Café: 2", 0)]
        networks.forget(shop.known)
        for how in (networks.forget, networks.use):
            with pytest.raises(Refusal, match="network_unknown"):
                how(shop.known)
        assert [one.name for one in (networks.look()).networks] == ["Café: 2"]

    play(tmp_path, using)


def test_a_new_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    def using(networks: Networks, file: Path) -> None:
        networks.look()
        assert join(networks, "Shop", PASSWORD) == ""
        network_manager.change(file, air={"Shop": {**AIR["Shop"], "password": "another one"}})
        (shop, *_) = (networks.look()).networks
        networks.use(shop.known)
        networks.wait_until_done()
        assert (networks.look()).why == "password"
        assert join(networks, "Shop", "another one") == ""

    state = network_manager.read(play(tmp_path, using))
    assert [one["password"] for one in state["stored"].values()] == ["another one"]


def test_a_box_without_network_manager_or_wifi_says_so(tmp_path: Path) -> None:
    def without(networks: Networks, file: Path) -> None:
        assert not (Networks((str(tmp_path / "no such program"),)).look()).managed
        assert not (networks.look()).adapter
        network_manager.change(file, wifi=True, firmware="yes")
        state = networks.look()
        assert (state.adapter, state.firmware) == (False, True)
        network_manager.change(file, firmware="no", radio=["disabled", "enabled"])
        assert (networks.look()).off
        network_manager.change(file, radio=["enabled", "disabled"])
        assert not (networks.look()).off, "what a program switched off is switched on"

    play(tmp_path, without, wifi=False)
