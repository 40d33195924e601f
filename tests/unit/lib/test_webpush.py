"""Web push as RFC 8291 (appendix A) and RFC 8292 write it."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from edge.lib.webpush import (
    PAYLOAD_BYTES,
    authorization,
    decode_unpadded,
    encrypt_push,
    key_of,
    new_key,
    padless,
    public_bytes,
    secret_bytes,
)

BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SENT = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_message_of_the_rfc() -> None:
    text = b"When I grow up, I want to be a watermelon"
    assert padless(encrypt_push(text, BROWSER, AUTH, key_of(decode_unpadded(SENDER)), decode_unpadded(SALT))) == SENT


def test_what_cannot_be_sent() -> None:
    for p256dh, text in ((BROWSER, b"x" * (PAYLOAD_BYTES + 1)), ("AAAA", b"x"), ("BAAA" + "A" * 83, b"x")):
        with pytest.raises(ValueError):
            encrypt_push(text, p256dh, AUTH, new_key(), b"s" * 16)
    assert len(encrypt_push(b"x" * PAYLOAD_BYTES, BROWSER, AUTH, new_key(), b"s" * 16)) == 4096


def test_who_sends_is_signed_for_one_service_and_a_while() -> None:
    key = new_key()
    assert secret_bytes(key_of(secret_bytes(key))) == secret_bytes(key)
    header = authorization("https://push.example:8443/wp/1?x=2", key, "mailto:shop@example.com", 1_800_000_000)
    token, public = header.removeprefix("vapid t=").split(", k=")
    head, body, signature = token.split(".")
    assert decode_unpadded(public) == public_bytes(key)
    assert msgspec.json.decode(decode_unpadded(head)) == {"typ": "JWT", "alg": "ES256"}
    said = {"aud": "https://push.example:8443", "exp": 1_800_000_000, "sub": "mailto:shop@example.com"}
    assert msgspec.json.decode(decode_unpadded(body)) == said
    raw = decode_unpadded(signature)
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.public_key().verify(both, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
