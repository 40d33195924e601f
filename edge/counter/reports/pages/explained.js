// What a figure is made of: a form and links.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
