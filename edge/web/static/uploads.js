// Files that somebody brings, and what is asked of them: with the page's own headers, and how far they are.

const headersOf = (grant) => {
  const { register, lang } = document.body.dataset;
  return { "Accept-Language": lang, Register: register, Surface: "panel", Grant: grant };
};

// Brings a file, showing how far it is on a `progress`, where there is one: where it is now, in the answer's body.
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

// A question whose answer is a piece of a page: its text, and what it says as JSON where it is a refusal.
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
