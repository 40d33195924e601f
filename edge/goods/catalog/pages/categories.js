// One category: the whole form is saved, and refused if someone else changed it first.

import { parseSigned } from "./amounts.js";
import { meant } from "./dialogs.js";
import { askGranted, sendGranted } from "./grants.js";
import { goOn, minding } from "./leaving.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { blame, complain, valueOf, watch } from "./rows.js";
import { undoBy } from "./toast.js";

const { id, etag, unread } = document.querySelector("main").dataset;
const form = document.forms.category;
const ID_CHARS = 80;

const readers = {
  text: (text) => text,
  choices: (text) => text.split(/\s*;\s*/).filter(Boolean),
  percent: (text) => (text === "" ? null : /^\d{1,4}$/.test(text) ? Number(text) : undefined),
  bound: parseSigned,
};

const present = (value) => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));

function category() {
  const fields = [...new FormData(form)].map(([name, text]) => [name, text.trim()]);
  const jump = readers.percent(form.elements.price_jump_percent.value.trim());
  if (jump === undefined) throw form.elements.price_jump_percent;
  const turn = readers.percent(form.elements.sort_order.value.trim());
  if (turn === undefined) throw form.elements.sort_order;
  const names = fields.filter(([name, text]) => name.startsWith("names.") && text);
  return {
    names: Object.fromEntries(names.map(([name, text]) => [name.slice("names.".length), text])),
    parent: form.elements.parent.value,
    attributes: present(valueOf(form.querySelector("[data-group]"), readers)) ?? {},
    price_jump_percent: jump, // everything is said, as what is omitted stays
    sort_order: turn ?? 0,
    regulated: form.elements.regulated.value,
  };
}

// An ID for a new category, from its parent and name: "drinks.beer".
function numbered({ names, parent }) {
  const word = Object.values(names)[0].toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return [parent, word || "x"].filter(Boolean).join(".").slice(0, ID_CHARS);
}

const puts = (of) => ["PUT", `categories/${encodeURIComponent(of)}`];
const shownAt = (of) => [`/manager/categories?${new URLSearchParams({ id: of })}`, "#category"];

async function save() {
  const wanted = category();
  const of = id ?? (form.elements.id.value.trim() || numbered(wanted));
  if (was) undoBy([...puts(of), was], shownAt(of));
  const headers = id ? { "If-Match": etag } : { "If-None-Match": "*" };
  const answer = await askGranted("PUT", `categories/${encodeURIComponent(of)}`, wanted, headers);
  if (answer?.status < 300) goOn(`/manager/categories?${new URLSearchParams({ register: document.body.dataset.register, id: of })}`);
  else if (answer && !blame(form, answer, unread)) document.getElementById("category-error").textContent = messageOf(answer);
}

// Removes the category as shown here; it stays if someone has changed or used it meanwhile.
async function giveUp({ dataset }) {
  if (!(await meant(dataset.sure))) return;
  undoBy([...puts(id), was], shownAt(id));
  const answer = await sendGranted("RemoveCategories", { categories: [JSON.parse(dataset.category)] });
  if (!answer) return;
  const why = answer.status !== 200 ? messageOf(answer) : answer.body.done.result.length ? dataset.used : "";
  if (!why) return goOn(`/manager/categories?${new URLSearchParams({ register: document.body.dataset.register })}`);
  document.getElementById("category-error").textContent = why;
}

watch(form);
const was = id ? category() : null; // to be put back: rows are read once they are watched
minding(form);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save().catch((field) => complain(field, unread));
});

document.getElementById("give-up")?.addEventListener("click", ({ currentTarget }) => giveUp(currentTarget));

listen(() => {});
