// A browser that asks to be paired: shows its digits until someone approves them, and then opens its page.

const PAUSE_MS = 1500;
const PLACES = { till: "/", manager: "/manager", kiosk: "/", phone: "/" };
const put = (id, text) => (document.getElementById(id).textContent = text);

async function ask() {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const answer = await fetch("/api/v1/pairings", { method: "POST", headers, body: "{}" });
  const { paired, asks, refused, error } = await answer.json();
  if (paired) return location.replace(PLACES[paired.kind]);
  put("error", (refused ?? error)?.message ?? "");
  if (asks) for (const id of ["digits", "typed"]) put(id, asks.digits);
}

for (;;) {
  await ask().catch(() => {});
  await new Promise((resume) => setTimeout(resume, PAUSE_MS));
}
