// This browser's passkeys (W3C Web Authentication), created and used in the box's format.

const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (said) => Uint8Array.from(atob(said.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const TIMEOUT_MS = 300_000; // as long as the challenge is good

// Passkeys need TLS and a host name: browsers don't allow them over plain HTTP or for an IP address.
export const mayUse = () => isSecureContext && "PublicKeyCredential" in window && /[a-z]/i.test(location.hostname.split(".").pop());

export async function made({ challenge, domain, known, user, shop }) {
  try {
    const { id, response } = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(challenge),
        rp: { id: domain, name: shop },
        user: { id: bytes(btoa(user).replaceAll("=", "")), name: shop, displayName: shop },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: known.map((one) => ({ type: "public-key", id: bytes(one) })),
        authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
        attestation: "none",
        timeout: TIMEOUT_MS,
      },
    });
    return {
      credential: id,
      key: text(response.getPublicKey()),
      algorithm: response.getPublicKeyAlgorithm(),
      authenticator: text(response.getAuthenticatorData()),
      client: text(response.clientDataJSON),
    };
  } catch {
    return null; // whoever was asked said no
  }
}

export async function shown({ challenge, domain, known }, verify = "preferred") {
  try {
    const { id, response } = await navigator.credentials.get({
      publicKey: {
        challenge: bytes(challenge),
        rpId: domain,
        allowCredentials: known.map((one) => ({ type: "public-key", id: bytes(one) })),
        userVerification: verify,
        timeout: TIMEOUT_MS,
      },
    });
    return {
      credential: id,
      authenticator: text(response.authenticatorData),
      client: text(response.clientDataJSON),
      signature: text(response.signature),
    };
  } catch {
    return null;
  }
}
