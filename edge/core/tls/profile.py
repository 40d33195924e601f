"""The authority as an iOS and macOS configuration profile (Apple, "Certificate Root" payload)."""

from __future__ import annotations

import plistlib
import uuid

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge.core.tls.authority import fingerprint

MEDIA_TYPE = "application/x-apple-aspen-config"


def profile(authority: x509.Certificate, called: str) -> bytes:
    """Return the profile. It is identical for the same authority, so that a device replaces its earlier copy."""
    identity = f"edge-store.{fingerprint(authority).replace(':', '')[:16].lower()}"

    def payload(kind: str, name: str) -> dict[str, object]:
        return {
            "PayloadType": kind,
            "PayloadVersion": 1,
            "PayloadIdentifier": name,
            "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper(),
            "PayloadDisplayName": called,
        }

    root = payload("com.apple.security.root", f"{identity}.root")
    root |= {"PayloadCertificateFileName": "edge-store.cer", "PayloadContent": authority.public_bytes(Encoding.DER)}
    return plistlib.dumps(payload("Configuration", identity) | {"PayloadContent": [root]})
