// A camera that reads codes: live, where the browser lets a page use it (https, or on this machine itself), else from a
// photograph of each code. If the browser can't read codes itself, the appliance reads them from its pictures.

const WIDTH = 1280; // of a picture that is sent: wide enough for any bar code, small enough for a slow network
const EVERY_MS = 150;
const GONE_MS = 1000; // a code that was out of the picture for this long can be scanned again
const VOTERS = 3; // a code counts once most of the last pictures show it: one alone is misread now and then
const KINDS = { ean_13: "]E0", ean_8: "]E4", upc_a: "upca", upc_e: "upce" };

function jpeg(source, width, height) {
  const scale = Math.min(1, WIDTH / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}

// The codes, each {text, symbology}, that `read(jpeg)` finds in the photograph chosen in this field; null
// if none was chosen.
export async function photographed(field, read) {
  const [file] = field.files;
  field.value = "";
  if (!file) return null;
  const picture = await createImageBitmap(file);
  return read(await jpeg(picture, picture.width, picture.height));
}

// Shows the camera in `video`. A code is scanned when it comes into the picture, and not again until it has left.
// `scan(code)` returns whether it was accepted; `failed(error)` is called for pictures that `read` couldn't read. Returns a
// function that stops it; null if there is no live camera (use photographs then). Rejects if camera access was denied.
// `anew()`: whether codes in view now serve a new purpose, and are therefore scanned once more.
export async function watch(video, { read, scan, failed, anew = () => false }) {
  if (!navigator.mediaDevices) return null;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = "BarcodeDetector" in window ? new BarcodeDetector() : null;
  const seen = new Map(); // code -> when it was last in the picture
  const pictures = []; // the codes of each of the last pictures
  let on = true;

  async function codes() {
    if (!video.videoWidth) return []; // its first picture is not there yet
    if (!detector) return read(await jpeg(video, video.videoWidth, video.videoHeight));
    const found = await detector.detect(video);
    return found.map((code) => ({ text: code.rawValue, symbology: KINDS[code.format] ?? "" }));
  }

  async function look() {
    let found = [];
    try {
      found = await codes();
    } catch (error) {
      failed(error); // the next picture comes in a moment
    }
    const now = performance.now();
    if (anew()) seen.clear();
    pictures.push(new Set(found.map((code) => code.text)));
    if (pictures.length > VOTERS) pictures.shift();
    // With a slow camera, a second without a picture isn't a second without the code.
    for (const [text, at] of seen) if (now - at > GONE_MS && !pictures.some((texts) => texts.has(text))) seen.delete(text);
    const sure = (code) => 2 * pictures.filter((texts) => texts.has(code.text)).length > VOTERS;
    for (const code of found.filter((code) => seen.has(code.text) || sure(code))) {
      if (on && code.text && (seen.has(code.text) || (await scan(code)))) seen.set(code.text, performance.now());
    }
    if (on) setTimeout(look, EVERY_MS);
  }

  video.srcObject = stream;
  await video.play();
  look();
  return () => {
    on = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
