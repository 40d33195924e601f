// The manager's menu: scrolls to the current page; folds at the side, and on a phone the rest opens with a touch.

const SIDE = "side"; // whether somebody folded it, kept by the browser
const side = document.getElementById("side");
const wide = matchMedia("(min-width: 1280px)");

const from = [scrollX, scrollY];
for (const here of side.querySelectorAll("[aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
scrollTo({ left: from[0], top: from[1], behavior: "instant" }); // the menu alone, not the page beside it

const lay = () => (document.documentElement.dataset.side = wide.matches ? (localStorage.getItem(SIDE) ?? "open") : "folded");
lay();
wide.addEventListener("change", lay);

document.getElementById("fold").addEventListener("click", ({ currentTarget }) => {
  const { dataset } = document.documentElement;
  dataset.side = dataset.side === "folded" ? "open" : "folded";
  if (wide.matches) localStorage.setItem(SIDE, dataset.side);
  currentTarget.blur();
});

const more = document.getElementById("more-areas");
more.addEventListener("click", () => more.setAttribute("aria-expanded", String(more.closest("nav").toggleAttribute("data-open"))));
