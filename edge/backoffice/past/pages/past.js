// The page that asks for a moment: a form and links.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
