// The manager's menu: scrolls to the current page; folds at the side, and on a phone the rest opens with a touch. A link
// before it skips to the content.

const SIDE = "side"; // whether somebody folded it, kept by the browser
const side = document.getElementById("side");
const wide = matchMedia("(min-width: 1280px)");

const from = [scrollX, scrollY];
for (const here of side.querySelectorAll("[aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
scrollTo({ left: from[0], top: from[1], behavior: "instant" }); // the menu alone, not the page beside it

const fold = document.getElementById("fold");
function turn(state) {
  document.documentElement.dataset.side = state;
  fold.setAttribute("aria-expanded", String(state === "open"));
}
const lay = () => turn(wide.matches ? (localStorage.getItem(SIDE) ?? "open") : "folded");
lay();
wide.addEventListener("change", lay);

fold.addEventListener("click", ({ detail }) => {
  const { dataset } = document.documentElement;
  turn(dataset.side === "folded" ? "open" : "folded");
  if (wide.matches) localStorage.setItem(SIDE, dataset.side);
  if (detail) fold.blur(); // a press of a key keeps the focus
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says which tab is shown
  document.getElementById("content").focus();
});

const more = document.getElementById("more-areas");
more.addEventListener("click", () => more.setAttribute("aria-expanded", String(more.closest("nav").toggleAttribute("data-open"))));
