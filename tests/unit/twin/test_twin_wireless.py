"""A second box that would be heard by Wi-Fi is not let in, unless the shop says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.twin.membership import joining
from edge.backoffice.twin.wire.wireless import is_by_wifi
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime.config import parse
from tests.shop_fixture import CONFIG


def test_the_way_to_a_machine_is_looked_at(tmp_path: Path) -> None:
    assert not is_by_wifi("127.0.0.1", tmp_path)
    (tmp_path / "lo" / "phy80211").mkdir(parents=True)
    assert is_by_wifi("127.0.0.1", tmp_path)
    assert not is_by_wifi("no such host.invalid", tmp_path), "nobody knows the way there"


def test_a_box_that_is_reached_by_wifi_asks_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "is_by_wifi", lambda host: host == "192.0.2.1")
    with pytest.raises(NeedsHuman, match="by Wi-Fi"):
        joining.join(tmp_path, "192.0.2.1:8080", "box", 1, 1, print)
    assert not [*tmp_path.iterdir()], "it has no key yet"


@pytest.mark.parametrize("said", ["192.168.1.50", "192.168.1.50/33", "300.1.1.1/24", "shop/24"])
def test_an_address_of_the_shop_has_its_network(tmp_path: Path, said: str) -> None:
    assert parse(CONFIG + '[twin]\naddress = "192.168.1.50/24"\n', tmp_path / "config.toml").twin.address
    with pytest.raises(ConfigError, match="address"):
        parse(CONFIG + f'[twin]\naddress = "{said}"\n', tmp_path / "config.toml")
