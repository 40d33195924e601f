// A phone that sets up a new box: enters the code from the box's screen. The QR code has it in the address's fragment,
// which browsers don't send.

const form = document.getElementById("phone");
const wrong = document.getElementById("phone-wrong");
const { lang } = document.body.dataset;

async function enter() {
  wrong.textContent = "";
  const body = JSON.stringify({ code: form.elements.code.value });
  const answer = await fetch(`/first/phone?lang=${lang}`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (answer.ok) return location.replace(`/?lang=${lang}`);
  wrong.textContent = (await answer.json()).message;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});
if (location.hash.length > 1) {
  form.elements.code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  enter();
}
