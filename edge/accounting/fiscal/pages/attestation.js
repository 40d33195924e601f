// The attestation: printed by the browser.

import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
