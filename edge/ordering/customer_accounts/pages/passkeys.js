// Passkeys of this browser (W3C Web Authentication): made and shown, as the box takes them.

const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (said) => Uint8Array.from(atob(said.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const TIMEOUT_MS = 300_000; // as long as the challenge is good

// There are none in clear, nor at an address: browsers tie them to a name.
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
