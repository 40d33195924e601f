// How far an order is: the box answers as soon as that changes.

const AGAIN_MS = 3000; // after a line that was lost
const path = location.pathname;
const { lang } = document.body.dataset;

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`${path}/state?seen=${encodeURIComponent(document.body.dataset.state)}&lang=${lang}`);
      if (answer.status === 404) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const { state, html } = await answer.json();
      if (state !== document.body.dataset.state) document.getElementById("state").innerHTML = html;
      document.body.dataset.state = state;
    } catch {
      await new Promise((soon) => setTimeout(soon, AGAIN_MS));
    }
  }
}

addEventListener("click", async ({ target }) => {
  const { slot, willDo } = target.dataset;
  if (target.id === "again") {
    const answer = await fetch(`${path}/again?lang=${lang}`, { method: "POST" });
    const body = await answer.json();
    const error = document.getElementById("order-error");
    if (!answer.ok) error.textContent = (body.refused ?? body.error)?.message ?? "";
    else if (body.missing.length && !target.dataset.told) {
      target.dataset.told = "yes";
      error.textContent = `${error.dataset.missing} ${body.missing.join(", ")}`;
      setTimeout(() => (location.href = `/shop?lang=${lang}`), 4000);
    } else location.href = `/shop?lang=${lang}`;
    return;
  }
  if (target.id === "stop") {
    const answer = await fetch(`${path}/quiet?lang=${lang}`, { method: "POST" });
    if (answer.ok) target.replaceWith(target.dataset.done);
    return;
  }
  if (willDo) {
    const line = Number(target.closest("[data-line]").dataset.line);
    const answer = await fetch(`${path}/substitute?lang=${lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ line, yes: willDo === "yes" }),
    });
    const body = await answer.json();
    document.getElementById("order-error").textContent = answer.ok ? "" : (body.refused ?? body.error)?.message ?? "";
    return;
  }
  if (!slot && (target.id !== "cancel" || !confirm(target.dataset.sure))) return;
  const answer = await fetch(`${path}/${slot ? "slot" : "cancel"}?lang=${lang}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: slot && JSON.stringify({ slot_from_us: Number(slot) }),
  });
  const body = await answer.json();
  document.getElementById("order-error").textContent = answer.ok ? "" : (body.refused ?? body.error)?.message ?? "";
});

follow();
