// Shown instead of a page that needs a PIN: asks for it, and then shows the page.

import "./dialogs.js";
import { granted } from "./grants.js";
import { listen } from "./push.js";

const ask = async () => (await granted(async () => ({ status: 200 }))) && location.reload();
document.getElementById("unlock").addEventListener("click", ask);
listen(() => {});
ask();
