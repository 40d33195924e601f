// Shared by both What-if pages: product rows, sending the question, and waiting for the answer.

import { askGranted } from "./grants.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";
import { complain } from "./rows.js";

const EVERY_MS = 700;

export const cell = (row, of) => row.querySelector(`[data-of="${of}"]`);

// Thousandths, such as of a percentage or a quantity, as plain text.
export const plainThousandths = (thousandths) => String(thousandths / 1000);

// A whole number as typed, or null if it isn't one.
export const whole = (text) => (/^\d{1,4}$/.test(text) ? Number(text) : null);

// The products that a row selects; throws the field if it's empty.
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

// Adds a row to a group, from the group's template.
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

// Sends the form (`scenario`) to `path`, shows the answer on `page`, and follows a run in progress; `counted` is the answer's
// field with the total amount of work. `added` creates the row for a pressed add button, and `changed` shows the
// fields that apply to a row.
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
