// The page of the network: rows are shown once someone may manage the shop.

import "./dialogs.js";
import { askGranted, fetchGranted, managing } from "./grants.js";
import { showNetworks } from "./networks.js";
import { messageOf } from "./outbox.js";
import { listen } from "./push.js";

const look = document.getElementById("look");

async function rows(search) {
  const answer = await fetchGranted(search ? "/fragments/network?search=1" : "/fragments/network");
  if (answer?.status !== 200) return null;
  look.parentElement.hidden = true;
  return answer.text;
}

async function send(method, path, body) {
  const answer = await askGranted(method, path, body);
  if (!answer) return null;
  return answer.status === 200 ? "" : messageOf(answer);
}

const show = showNetworks(document.getElementById("network"), rows, send);
look.addEventListener("click", () => show());
if (managing()) show();
listen(() => {});
