"""Messages that people send to the shop's number: through head office, with replies over Meta's API."""

from __future__ import annotations

import hmac
from pathlib import Path

import msgspec

from edge.analytics.notify.chat_numbers import number_of, unanswered_messages
from edge.analytics.notify.commands import AnswerWritten, DropChatNumber, OfferChatCode
from edge.foundation.access.queries import actor_for
from edge.foundation.outbox.service.channels.whatsapp import WhatsAppChannel
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_notify_hub import chain
from tests.contract.servers.test_channels import OK, PARCEL, whatsapp
from tests.flow.conversation.test_written_messages import PHONE, webhook
from tests.notify_fixture import DANA, Heard
from tests.outgoing import HERE, http_server
from tests.shop_fixture import run


def test_what_people_write_to_the_shops_number_comes_by_head_office_and_goes_out_once(
    tmp_path: Path, database: str
) -> None:
    async def scenario() -> None:
        async with chain(tmp_path, database) as one, an_api(database) as house:
            await house.owner.execute(
                "INSERT INTO device (tenant, store, device, through_hash) VALUES ('demo', 'corner', 'box1', '')"
            )
            whatsapp = Heard("whatsapp")
            one.shop.add(whatsapp)
            await one.shop.restart()
            one.meta = "meta-app"
            code = await one.shop.do(OfferChatCode(DANA), actor_for(one.shop.shop.reader, DANA, "panel", ""))

            async def written(id: str, text: str, key: str = "meta-app") -> int:
                at = str(one.shop.clock.at_us // 1_000_000)
                body = webhook({"from": PHONE, "id": id, "timestamp": at, "type": "text", "text": {"body": text}})
                made = "sha256=" + hmac.new(key.encode(), body, "sha256").hexdigest()
                url = f"{house.base}/reports/demo/corner/box1/whatsapp"
                async with house.session.post(url, data=body, headers={"X-Hub-Signature-256": made}) as answer:
                    return answer.status

            assert await written("1", code, "another app") == 200, "head office believes and refuses nothing"
            await one.news.look()
            assert number_of(one.shop.shop.reader, DANA) is None
            assert await written("2", f"the code is {code}") == 200
            one.office.away = True
            await one.news.look()
            assert number_of(one.shop.shop.reader, DANA) is None, "off line it waits there"
            one.office.away = False
            await one.news.look()
            for _ in range(2):
                assert await written("3", "how many colas?") == 200
            await one.news.look()
            assert [(each.person, each.text) for each in unanswered_messages(one.shop.shop.reader)] == [
                (DANA, "how many colas?")
            ]
            (question,) = unanswered_messages(one.shop.shop.reader)
            for _ in range(2):
                await one.shop.do(AnswerWritten(question.id, "12 colas."))
            assert unanswered_messages(one.shop.shop.reader) == []
            await one.shop.after()
            await one.shop.after()
            said = [(to, parcel.what, parcel.text) for to, parcel in whatsapp.sent]
            assert said[1:] == [(f"+{PHONE}", "answer", "12 colas.")]
            assert said[0][:2] == (f"+{PHONE}", "answer") and said[0][2].startswith("Your number is now linked")
            assert (await one.shop.do(DropChatNumber(DANA))) is None
            assert "12 colas" not in str(one.shop.rows()), "sealed"

    run(scenario())


def test_an_answer_goes_by_whatsapp_as_it_is_and_needs_no_template() -> None:
    async def scenario() -> None:
        async with http_server() as server, OutgoingHttp(Breakers(), (HERE,), timeout_s=2) as http:
            server.usual = OK[whatsapp]
            sender = WhatsAppChannel(http, f"{server.url}/messages", "token", "alert", ("en",), "en")
            parcel = msgspec.structs.replace(
                PARCEL, what="answer", title="", paragraphs=("Done: -3.", "1. undo"), link=""
            )
            assert await sender.send(parcel, "+972541234567") == "wamid.1"
            sent = msgspec.json.decode(server.asked[0].body)
            assert (sent["to"], sent["type"], sent["text"]["body"]) == ("972541234567", "text", "Done: -3.\n1. undo")
            assert "template" not in sent

    run(scenario())
