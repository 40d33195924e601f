// File uploads and the questions about them, sent with the page's own headers and showing progress.

const headersOf = (grant) => {
  const { register, lang } = document.body.dataset;
  return { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant };
};

// Uploads a file, showing its progress on `progress`, if given. Where the file was stored is in the answer's body.
export function bring(file, grant, progress = {}) {
  return new Promise((done) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", `/api/v1/imports?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(headersOf(grant))) sending.setRequestHeader(name, value);
    sending.upload.onprogress = (event) => (progress.value = event.loaded / event.total);
    sending.responseType = "json";
    sending.onloadend = () => {
      progress.hidden = true;
      done({ status: sending.status, body: sending.response ?? {} });
    };
    progress.hidden = false;
    sending.send(file);
  });
}

// Requests a fragment of a page: returns its text, or the JSON of a refusal.
export async function askPiece(url, asked, grant) {
  const headers = { ...headersOf(grant), "Content-Type": "application/json" };
  try {
    const answer = await fetch(`${url}?lang=${document.body.dataset.lang}`, { method: "POST", headers, body: JSON.stringify(asked) });
    const text = await answer.text();
    return { status: answer.status, text, body: answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : {} };
  } catch {
    return { status: 0, text: "", body: {} };
  }
}
