// A printable copy of all data stored about a customer.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

document.getElementById("print").addEventListener("click", () => print());
listen(() => {});
