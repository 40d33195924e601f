// File fields in the page's language: the browser's own field lies invisibly over the shop's text, so that
// clicks, keys and dropped files reach it.

const FIELDS = "input[type=file]:not([hidden])";
const words = () => document.getElementById("file-words").dataset;
const NARROW = 24; // pixels: what is drawn smaller is hidden by its page, which shows something else

function introduce(field) {
  if (field.closest(".file-field") || field.offsetWidth < NARROW || getComputedStyle(field).opacity === "0") return;
  const around = Object.assign(document.createElement("span"), { className: "file-field" });
  const button = Object.assign(document.createElement("span"), { className: "file-choose" });
  const name = Object.assign(document.createElement("bdi"), { className: "file-name" });
  button.ariaHidden = name.ariaHidden = "true"; // a screen reader says the field's own
  const show = () => {
    button.textContent = words()[field.multiple ? "chooseMany" : "choose"];
    name.textContent = [...field.files].map((file) => file.name).join(", ") || words().none;
  };
  field.before(around);
  around.append(button, name, field);
  field.addEventListener("change", show);
  addEventListener("languagechange", show);
  field.form?.addEventListener("reset", () => queueMicrotask(show));
  show();
}

const look = (root) => root.querySelectorAll?.(FIELDS).forEach(introduce);

look(document);
new MutationObserver((changes) => {
  for (const { addedNodes, target, type } of changes) {
    if (type === "attributes") look(target);
    else addedNodes.forEach((node) => node.isConnected && look(node));
  }
}).observe(document.body, { attributeFilter: ["hidden"], childList: true, subtree: true });
