// An order's progress, requested from head office by a digest of the QR's secret: the secret itself never leaves the phone.

const SOON_MS = 10_000; // after something changed
const LATER_MS = 120_000; // the longest between two questions
const OVER_MS = 600_000; // of an order that has ended
const STALE_MS = 15 * 60_000; // a shop that was not heard of for so long may know more
const GIVE_UP = 10; // times that there was nothing to show, in a row
const ENDED = ["handed_over", "delivered", "rejected", "cancelled"];

const order = document.getElementById("order");
let delay = SOON_MS;
let shown = "";
let nothing = 0;
let timer = 0;

const all = (name) => order.querySelectorAll(`[data-${name}]`);

function fill(name, text) {
  for (const one of all(name)) if (one.textContent !== text) one.textContent = text;
}

function show(...what) {
  for (const one of all("if")) one.hidden = !what.includes(one.dataset.if);
  order.hidden = false;
}

function clock(locale, zone, now) {
  const day = { weekday: "long", day: "numeric", month: "long" };
  const format = (options) => {
    try {
      return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      return new Intl.DateTimeFormat(locale, options); // a zone that this phone does not know
    }
  };
  const [days, times] = [format(day), format({ hour: "numeric", minute: "2-digit" })];
  return (moment) => (days.format(moment) === days.format(now) ? "" : `${days.format(moment)}, `) + times.format(moment);
}

function tell(status, locale) {
  const now = new Date(status.now);
  const at = clock(locale, status.zone, now);
  const asOf = new Date(status.as_of);
  const until = status.slot_until && clock(locale, status.zone, new Date(status.slot_from))(new Date(status.slot_until));
  fill("said", status.said);
  fill("store", status.store_name);
  fill("slot", status.slot_from ? `${at(new Date(status.slot_from))} – ${until}` : "");
  fill("as-of", at(asOf));
  for (const one of all("state")) one.hidden = one.dataset.state !== status.state;
  const stale = now - asOf > STALE_MS && !ENDED.includes(status.state);
  const more = [status.slot_from && !ENDED.includes(status.state) && "slot", status.late && "late"];
  show("known", stale ? "stale" : "fresh", ...more);
  document.title = [status.said, status.store_name].filter(Boolean).join(" · ");
}

// Shows the answer and returns the milliseconds until the next request; 0: don't ask again.
function taken(answer, status, locale) {
  if (answer.status === 404) {
    show("none");
    nothing += 1;
    return nothing < GIVE_UP ? (delay = Math.min(2 * delay, LATER_MS)) : 0;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  nothing = 0;
  tell(status, locale);
  const now = `${status.state} ${status.slot_from} ${status.late}`;
  delay = now === shown ? Math.min(1.5 * delay, LATER_MS) : SOON_MS;
  shown = now;
  return ENDED.includes(status.state) ? OVER_MS : delay;
}

async function ask(wanted, locale) {
  clearTimeout(timer);
  if (document.hidden) return; // asked when it is looked at again
  let wait = 0;
  try {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted) };
    const answer = await fetch("/join/order", { ...sent, credentials: "omit", cache: "no-store" });
    const retry = 1000 * Number(answer.headers.get("Retry-After") ?? 0);
    if (retry) wait = Math.max(retry, (delay = Math.min(2 * delay, LATER_MS)));
    else wait = taken(answer, answer.ok ? await answer.json() : null, locale);
  } catch {
    for (const one of all("if")) if (one.dataset.if === "away") one.hidden = false;
    order.hidden = false;
    wait = delay = Math.min(2 * delay, LATER_MS);
  }
  clearTimeout(timer); // of a question that was asked meanwhile
  if (wait) timer = setTimeout(() => ask(wanted, locale), wait);
}

// `of`: "TENANT/STORE"; `secret`: from the QR; `locale`: for the format of times.
export async function follow(of, secret, locale) {
  const [tenant, store] = of.split("/");
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  const digest = [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
  const wanted = { tenant, store, digest };
  document.addEventListener("visibilitychange", () => ask(wanted, locale));
  ask(wanted, locale);
}
