// Dates and times in the shop's format, whatever language the browser speaks: each field of type date, time or
// datetime-local gets a text field beside it; the original field is hidden and keeps the value (ISO 8601), so that
// forms and scripts needn't know about it. A phone keeps its own picker, which speaks its owner's language.

import { dateOrder, readDate, readTime, writeDate, writeMoment, writeTime } from "./dates.js";
import { calendar } from "./calendar.js";

const KINDS = "input[type=date], input[type=time], input[type=datetime-local]";
const onPhone = matchMedia("(pointer: coarse) and (max-width: 700px)").matches;
const said = () => document.getElementById("fault-words")?.dataset ?? {};
const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
const ways = {
  date: { read: readDate, write: writeDate, fault: "date", inputMode: "numeric" },
  time: { read: readTime, write: writeTime, fault: "time", inputMode: "numeric" },
  "datetime-local": { read: readMoment, write: writeMoment, fault: "moment", inputMode: "text" },
};

// A date, and after a space a time; without a time it means midnight.
function readMoment(text) {
  const [, day, time] = /^(.*?\d)(?:[\s,T]+(\d{1,2}[:.h]?\d{0,2}))?$/u.exec(text.trim()) ?? [];
  const [date, clock] = [day ? readDate(day) : null, time ? readTime(time) : "00:00"];
  return date && clock ? `${date}T${clock}` : null;
}

const anew = new WeakMap(); // by field: writes it again, in the page's language

// Scripts find the field by its class and mustn't find the text field before it: so only the field keeps that class.
function introduce(field) {
  const { read, write, fault, inputMode } = ways[field.type];
  const text = Object.assign(document.createElement("input"), { type: "text", className: "moment", inputMode, maxLength: 20, dir: "ltr", autocomplete: "off", placeholder: placeholder(field.type), disabled: field.disabled });
  if (field.hasAttribute("aria-label")) text.setAttribute("aria-label", field.getAttribute("aria-label"));
  if (field.id) text.id = `${field.id}-text`;
  for (const label of field.labels) if (label.htmlFor && label.htmlFor === field.id) label.htmlFor = text.id;
  text.required = field.required;
  text.dataset.momentOf = field.type;
  const show = () => {
    text.value = write(get.call(field));
    text.setCustomValidity("");
  };
  Object.defineProperty(field, "value", { configurable: true, get, set(value) { set.call(field, value); show(); } });
  field.before(text);
  field.classList.add("moment-value");
  Object.assign(field, { tabIndex: -1, required: false });
  field.setAttribute("aria-hidden", "true");
  show();
  anew.set(field, () => (show(), (text.placeholder = placeholder(field.type))));
  const tell = (value) => {
    set.call(field, value);
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  text.addEventListener("input", (event) => {
    event.stopPropagation(); // what is half typed is no value yet
    text.setCustomValidity("");
  });
  text.addEventListener("change", (event) => {
    event.stopPropagation();
    take(text.value);
  });
  const take = (typed) => {
    const value = typed.trim() ? read(typed) : "";
    const within = value === null || !value || ((!field.min || value >= field.min) && (!field.max || value <= field.max));
    if (value === null) text.setCustomValidity(said()[fault]);
    else if (!within) text.setCustomValidity(bounds(field, write));
    if (value === null || !within) return set.call(field, "");
    if (value !== get.call(field)) tell(value); // Enter says it, and leaving says it again
    return show();
  };
  field.addEventListener("input", show); // a script, or who filled it in
  field.focus = () => text.focus();
  field.setCustomValidity = (said) => text.setCustomValidity(said);
  field.reportValidity = () => text.reportValidity();
  if (field.type !== "time") calendar(text, field, (day) => take(write(field.type === "date" ? day : `${day}T${(get.call(field) || "T00:00").split("T")[1]}`)));
  // a submit also counts what was typed in a field that still has the focus
  text.addEventListener("keydown", ({ key }) => key === "Enter" && text.value !== write(get.call(field)) && take(text.value));
}

const bounds = ({ min, max }, write) => said()[min && max ? "between" : min ? "least" : "most"].replace("{least}", write(min)).replace("{most}", write(max));
const placeholder = (type) => ({ date: dateOrder(said()), time: "--:--", "datetime-local": `${dateOrder(said())} --:--` })[type];

// A copied row includes the text field of its original, which has no listeners: it is replaced with a new one.
function afresh(field) {
  const text = field.previousElementSibling;
  if (!field.classList.contains("moment-value") || !text?.dataset.momentOf) return;
  Object.assign(field, { required: text.required, tabIndex: 0 });
  text.remove();
}

const heard = new WeakSet();

function look(root) {
  if (root.matches?.(KINDS)) root = root.parentNode;
  for (const field of root.querySelectorAll?.(KINDS) ?? []) {
    if (heard.has(field)) continue;
    heard.add(field);
    afresh(field);
    introduce(field);
  }
}

if (!onPhone) {
  look(document);
  addEventListener("languagechange", () => document.querySelectorAll(".moment-value").forEach((field) => anew.get(field)?.()));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach((node) => node.isConnected && look(node));
  }).observe(document.body, { childList: true, subtree: true });
  addEventListener("reset", ({ target }) => queueMicrotask(() => target.querySelectorAll(".moment-value").forEach((field) => (field.value = get.call(field)))));
}
