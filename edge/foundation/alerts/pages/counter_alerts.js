// Lets a cashier hide alerts behind a bell, until there is a new one or one of them changes.

const KEY = "alerts-put-away";
const bell = document.getElementById("alerts-away");
const news = () => document.getElementById("counter-alerts").dataset.news.split(" ").filter(Boolean);

function draw() {
  const open = news();
  const away = new Set((sessionStorage.getItem(KEY) ?? "").split(" "));
  const folded = open.every((one) => away.has(one));
  document.getElementById("counter-alerts").hidden = folded;
  bell.hidden = !open.length;
  bell.setAttribute("aria-expanded", String(!folded));
  bell.querySelector("b").textContent = folded ? open.length : "";
}

bell.addEventListener("click", () => {
  sessionStorage.setItem(KEY, bell.getAttribute("aria-expanded") === "true" ? news().join(" ") : "");
  draw();
});
addEventListener("htmx:wsAfterMessage", draw);
draw();
