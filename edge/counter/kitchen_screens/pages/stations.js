// Forms for kitchen stations.

import { keyOf, serve } from "./entity_form.js";
import { listen } from "./push.js";

serve(document.querySelector("main"), ({ names }) => keyOf(Object.values(names)[0] ?? ""));
listen(() => {});
