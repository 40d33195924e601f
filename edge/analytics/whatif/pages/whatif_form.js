// What both pages of What if share: rows with goods, the question, and the wait for its answer.

import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";

const EVERY_MS = 700;

export const cell = (row, of) => row.querySelector(`[data-of="${of}"]`);

// Of thousandths, such as of a percentage or a quantity.
export const plainThousandths = (thousandths) => String(thousandths / 1000);

// A whole number as it is typed; null: it is none.
export const whole = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : null);

// The goods that a row names; throws the field where it names none.
export function goodsOf(row) {
  const scope = cell(row, "scope").value;
  if (scope === "all") return {};
  if (scope !== "sku") return { categories: [scope] };
  const sku = cell(row, "sku");
  if (!sku.value.trim()) throw sku;
  return { skus: [sku.value.trim()] };
}

export function fillGoods(row, { skus = [], categories = [] } = {}) {
  cell(row, "scope").value = skus.length ? "sku" : categories[0] ?? "all";
  cell(row, "sku").value = skus[0] ?? "";
}

// A new row of a group, from its template.
export function addRowTo(group) {
  const row = group.querySelector("template").content.firstElementChild.cloneNode(true);
  group.querySelector(".rows").append(row);
  return row;
}

async function ask(path, page, scenario) {
  const answer = await askGranted("POST", path, scenario());
  const register = encodeURIComponent(document.body.dataset.register);
  if (answer?.status === 202) location.assign(`/manager/${page}?register=${register}&run=${encodeURIComponent(answer.body.id)}`);
  else if (answer) document.getElementById("whatif-error").textContent = messageOf(answer);
}

async function follow(running, path, counted) {
  const answer = await askGranted("GET", `${path}/${encodeURIComponent(running.dataset.run)}`);
  if (answer?.status !== 200 || !["waiting", "running"].includes(answer.body.state)) return location.reload();
  Object.assign(running.querySelector("progress"), { max: answer.body[counted] || 1, value: answer.body.done });
  setTimeout(follow, EVERY_MS, running, path, counted);
}

// Asks at `path` what the form says (`scenario`), shows the answer on the page `page`, and follows a run that is under way;
// `counted` is the field with how much there is to do. `added` makes the row of a button that adds one, and `changed` shows a
// row's fields.
export function serve({ form, path, page, counted, scenario, added, changed }) {
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    document.getElementById("whatif-error").textContent = "";
    ask(path, page, scenario).catch((field) => complain(field, form.dataset.unread));
  });
  form?.addEventListener("change", ({ target }) => {
    const row = target.closest(".item");
    if (row) changed(row);
  });
  form?.addEventListener("click", ({ target }) => {
    if (target.matches("[data-add]")) added(target).querySelector("select").focus();
    if (target.matches("[data-remove]")) target.closest(".item").remove();
  });
  const running = document.getElementById("running");
  if (running) setTimeout(follow, EVERY_MS, running, path, counted);
  listen(() => {});
}
