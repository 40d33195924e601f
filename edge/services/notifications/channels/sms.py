"""SMS by HTTP, in the shape of Twilio's Messages resource (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

from edge.services.notifications.channels.sender import Parcel
from edge.services.outgoing.faults import Undelivered
from edge.services.outgoing.http_client import OutgoingHttp, accepted

PLAIN, PLAIN_OF_TWO = 160, 306
WIDE, WIDE_OF_TWO = 70, 134
"""Characters of one segment, and of two, in GSM 7-bit and in UCS-2 (3GPP TS 23.038, 23.040)."""
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
STOPPED, NO_NUMBER = 21610, (21211, 21614, 30005, 30006)


class SmsChannel:
    """Sends from the shop's number."""

    name = "sms"
    repeats = False

    def __init__(self, http: OutgoingHttp, url: str, account: str, token: str, sender: str) -> None:
        self._http = http
        self._url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._authorization = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()
        self._sender = sender

    async def send(self, parcel: Parcel, to: str) -> str:
        fields = {"To": to, "From": self._sender, "Body": text_of(parcel)}
        if parcel.reports and parcel.token:
            fields["StatusCallback"] = f"{parcel.reports}/sms/{parcel.token}"
        form = urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": self._authorization}
        answer = await self._http.post(self._url, form, headers)
        said = answer.json()
        of = said if isinstance(said, dict) else {}
        code = of.get("code") or of.get("error_code")
        if code == STOPPED:
            raise Undelivered("number_stopped", str(code), permanent=True)
        if code in NO_NUMBER:
            raise Undelivered("no_such_number", str(code), permanent=True)
        accepted(answer)
        return str(of.get("sid") or "")[:80]


def text_of(parcel: Parcel) -> str:
    """The title, and the link where there is one: two segments at most, the title cut at a character."""
    behind = f"\n{parcel.link}" if parcel.link else ""
    most = PLAIN_OF_TWO if GSM.issuperset(parcel.title + behind) else WIDE_OF_TWO
    room = max(0, most - _units(behind))
    title = parcel.title
    while _units(title) > room:
        title = title[:-1]
    return title + behind


def _units(text: str) -> int:
    """UTF-16 code units: what is outside the basic plane counts twice."""
    return len(text.encode("utf-16-le")) // 2
