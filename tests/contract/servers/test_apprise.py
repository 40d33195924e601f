"""Services that Apprise supports, one of them simulated: accepted and refused messages, and never one to the box
itself.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from edge.foundation.outbox.service.channels import apprise
from edge.foundation.outbox.service.channels.apprise import AppriseChannel
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from tests.outgoing import HERE, http_server
from tests.shop_fixture import run

pytest.importorskip("apprise")
FIRE = Parcel(key="1", title="Fire", paragraphs=("Leave.",), severity="critical", what="raised", language="en")


def test_what_it_is_told_and_what_it_says() -> None:
    async def scenario() -> None:
        async with http_server() as service:
            url = f"json://{HERE}:{service.port}/hook"
            await AppriseChannel((HERE,)).send(FIRE, url)
            (asked,) = service.asked
            body = json.loads(asked.body)
            assert (body["title"], body["message"], body["type"]) == ("Fire", "Leave.", "failure")
            for answer, why, permanent in (
                ((403, {}, ""), "refused", True),
                ((429, {}, ""), "told_to_wait", False),
                ((500, {}, ""), "told_to_wait", False),
                ((302, {"Location": f"http://{HERE}:{service.port}/elsewhere"}, ""), "refused", True),
            ):
                service.next = [answer]
                with pytest.raises(Undelivered) as fault:
                    await AppriseChannel((HERE,)).send(FIRE, url)
                assert (fault.value.why, fault.value.permanent) == (why, permanent)
            assert all(asked.path == "/hook" for asked in service.asked), "no redirect is followed"
            service.next = [None]
            with pytest.raises(MaybeSent):
                await AppriseChannel((HERE,)).send(FIRE, url)
            before = len(service.asked)
            with pytest.raises(Undelivered):
                await AppriseChannel(()).send(FIRE, url)
            assert len(service.asked) == before, "the box itself is never asked"
        with pytest.raises(Undelivered) as gone:
            await AppriseChannel((HERE,)).send(FIRE, url)
        assert (gone.value.why, gone.value.permanent) == ("no_connection", False)
        with pytest.raises(Undelivered) as nonsense:
            await AppriseChannel(()).send(FIRE, "nonsense://here")
        assert (nonsense.value.why, nonsense.value.permanent) == ("wrong_address", True)

    run(scenario())


def test_a_service_that_does_not_answer_is_waited_for_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise, "WAIT_S", 4.0)

    async def scenario() -> None:
        with socket.create_server((HERE, 0)) as silent, pytest.raises(MaybeSent):
            await AppriseChannel((HERE,)).send(FIRE, f"json://{HERE}:{silent.getsockname()[1]}/hook")

    run(scenario())


@pytest.mark.parametrize("scheme", ["rsyslog", "syslog"])
def test_what_only_reaches_the_box_itself_is_no_service(scheme: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind((HERE, 0))
        log.setblocking(False)
        with pytest.raises(Undelivered) as fault:
            run(AppriseChannel(()).send(FIRE, f"{scheme}://{HERE}:{log.getsockname()[1]}"))
        assert (fault.value.why, fault.value.permanent) == ("wrong_address", True)
        with pytest.raises(BlockingIOError):
            log.recv(100)


def test_nothing_is_sent_to_the_box_by_its_address_either() -> None:
    prying = """
import socket, sys
from edge.foundation.outbox.service.apprise_child import _guard
_guard(("127.0.0.2",))
said = []
for family, way, to in (
    (socket.AF_INET, "sendto", ("127.0.0.1", 9)),
    (socket.AF_INET, "sendto", ("127.0.0.2", 9)),
    (socket.AF_INET, "connect", ("localhost", 9)),
    (socket.AF_UNIX, "connect", "/dev/log"),
    (socket.AF_INET6, "connect", ("::1", 9)),
):
    try:
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.sendto(b"x", to) if way == "sendto" else made.connect(to)
        said.append("sent")
    except OSError as error:
        said.append(error.strerror)
print("|".join(said))
"""
    asked = subprocess.run([sys.executable, "-c", prying], capture_output=True, text=True, check=True)
    never = "connections to this address are forbidden"
    assert asked.stdout.strip().split("|") == [never, "sent", never, never, never]
