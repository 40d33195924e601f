// The pick list: a button prints it.

import "./dialogs.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
