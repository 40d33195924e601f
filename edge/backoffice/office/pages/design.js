// The parts of pages: its button says that something was saved, as every page does.

import "./dialogs.js";
import { listen } from "./push.js";
import { toast } from "./toast.js";

document.getElementById("say").addEventListener("click", () => toast("saved"));
listen(() => {});
