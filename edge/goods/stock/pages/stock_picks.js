// What is picked: printed by a press.

import "./dialogs.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
