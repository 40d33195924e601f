// The page for choosing a moment in the past: a form and links.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
