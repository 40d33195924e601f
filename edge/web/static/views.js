// Saved views: a list's filters under a name, shown above it. The address holds all of them (listing.js), so that a view is
// a link; what depends on the user and not on the list (register, language) isn't saved.

import { askGranted, managing } from "./grants.js";
import { uuid7 } from "./ids.js";
import { ask, messageOf } from "./outbox.js";
import { undoBy } from "./toast.js";

const words = document.getElementById("view-words").dataset;
const list = document.querySelector("table:has(> thead [data-head])");
const OWN = ["register", "lang"];

// The list's current filters, sorted, so that the order in which they were set doesn't matter.
function asked(search) {
  const query = new URLSearchParams([...new URLSearchParams(search)].filter(([name, value]) => value && !OWN.includes(name)));
  query.sort();
  return query.toString();
}

const row = Object.assign(document.createElement("nav"), { className: "views", ariaLabel: words.these });
const save = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: words.save });
const said = Object.assign(document.createElement("span"), { className: "hint", role: "status" });
let views = [];

function link({ id, name, page, query }) {
  const { register, lang } = document.body.dataset;
  const whole = new URLSearchParams(query);
  whole.set("register", register);
  if (new URLSearchParams(location.search).has("lang")) whole.set("lang", lang);
  const one = Object.assign(document.createElement("a"), { href: `${page}?${whole}`, textContent: name });
  const end = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "×", ariaLabel: words.end.replace("{name}", name) });
  end.addEventListener("click", async () => {
    undoBy(["PUT", `saved-views/${id}`, { page, name, query }]);
    await shown(await askGranted("DELETE", `saved-views/${id}`));
  });
  const both = Object.assign(document.createElement("span"), { className: "view" });
  if (query === asked(location.search)) one.ariaCurrent = "true";
  both.append(one, end);
  return both;
}

function draw() {
  const here = views.filter(({ page }) => page === location.pathname);
  const now = asked(location.search);
  save.hidden = !now || here.some(({ query }) => query === now);
  row.replaceChildren(...here.map(link), save, said);
}

async function shown(answer, done = "") {
  if (!answer) return;
  if (answer.status >= 300) {
    said.textContent = messageOf(answer);
    return;
  }
  said.textContent = done;
  await read();
}

async function read() {
  const got = await ask("GET", "saved-views");
  if (got.status === 200) views = got.body.saved_views ?? got.body;
  draw();
}

save.addEventListener("click", () => {
  const form = document.createElement("form");
  const field = Object.assign(document.createElement("input"), { required: true, maxLength: 40, autocomplete: "off", ariaLabel: words.name, placeholder: words.name });
  const keep = Object.assign(document.createElement("button"), { className: "strong", textContent: words.keep });
  form.append(field, keep);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && form.replaceWith(save));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const name = field.value.trim();
    if (!name) return;
    const path = `saved-views/${uuid7()}`;
    undoBy(["DELETE", path]);
    await shown(await askGranted("PUT", path, { page: location.pathname, name, query: asked(location.search) }), words.saved);
  });
  save.replaceWith(form);
  field.focus();
});

if (list && managing()) {
  (list.closest(".scroll") ?? list).before(row);
  addEventListener("listing", draw);
  read();
}
