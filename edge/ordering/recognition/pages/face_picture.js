// Takes one camera picture as a JPEG file, and sends it. The camera is on only for that moment; nothing is monitored.

const WIDTH_PX = 640;
const QUALITY = 0.92;
const SETTLE_MS = 600;

// Rejects if there is no camera. `mirror`: a video element in which the person can see themselves.
export async function pictured(mirror) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: WIDTH_PX, facingMode: "user" }, audio: false });
  try {
    mirror.srcObject = stream;
    mirror.hidden = false;
    await mirror.play();
    await new Promise((over) => setTimeout(over, SETTLE_MS));
    const canvas = Object.assign(document.createElement("canvas"), { width: mirror.videoWidth, height: mirror.videoHeight });
    canvas.getContext("2d").drawImage(mirror, 0, 0);
    return await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY));
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    mirror.srcObject = null;
    mirror.hidden = true;
  }
}

export async function sendPicture(address, picture) {
  const { register, lang, page } = document.body.dataset;
  const headers = { "Content-Type": "image/jpeg", "Accept-Language": lang };
  if (register) headers.Register = register;
  if (page) headers.Surface = page === "cashier" ? "cashier" : "panel"; // a customer's pages have none
  try {
    const answer = await fetch(address, { method: "POST", headers, body: picture });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}
