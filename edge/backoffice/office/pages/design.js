// The page of UI components: its button shows the "saved" toast that every page uses.

import "./dialogs.js";
import { listen } from "./push.js";
import { toast } from "./toast.js";

document.getElementById("say").addEventListener("click", () => toast("saved"));
listen(() => {});
