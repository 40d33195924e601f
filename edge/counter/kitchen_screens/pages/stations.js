// Forms for kitchen stations.

import { serve } from "./entity_form.js";
import { listen } from "./push.js";

const keyOf = (name) => name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 36);

serve(document.querySelector("main"), ({ names }) => keyOf(Object.values(names)[0] ?? "") || `s${Date.now().toString(36)}`);
listen(() => {});
