"""The address of the leading box, in a network of two machines: taken, announced, answered, and given back."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from edge.backoffice.twin.shop_address import ARP, ShopAddress, announcement

TWO_MACHINES = """
ip link add here type veth peer name there
ip addr add 192.0.2.10/24 dev here
ip link set here up
ip link set there up
ip link set lo up
"""
ADDRESS = "192.0.2.50"


def _play() -> None:
    """Test in a separate network: `here` is a box, and `there` sees its packets."""
    subprocess.run(["sh", "-ec", TWO_MACHINES], check=True)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP)) as heard:
        heard.bind(("there", ARP))
        heard.settimeout(5)
        address = ShopAddress(f"{ADDRESS}/24")
        address.give_back()  # not an error, although it has none
        name = address.take()
        assert name == "here" and address.take() == "here", "again is no fault"
        address.announce(name)
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("here", ARP))
            said = announcement(raw.getsockname()[4], socket.inet_aton(ADDRESS))
        while heard.recv(2048)[: len(said)] != said:
            pass
        with socket.create_server((ADDRESS, 0)) as served:
            socket.create_connection(served.getsockname()[:2], 5).close()
        address.give_back()
        try:
            socket.create_server((ADDRESS, 0)).close()
        except OSError:
            pass
        else:
            raise AssertionError("it was given back")
        try:
            ShopAddress("198.51.100.7/24").take()
        except OSError as error:
            assert "198.51.100.0/24" in str(error)
        else:
            raise AssertionError("this box is in no such network")


@pytest.mark.needs("unshare", "ip")
def test_whoever_leads_has_the_shops_address() -> None:
    space = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*space, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody have a network of their own")
    done = subprocess.run([*space, sys.executable, "-m", __name__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    _play()
