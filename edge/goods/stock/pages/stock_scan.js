// Looks up a scanned or typed code: its product, how many units it stands for (more than one for a case), batch, expiry
// date and packing date. If the code is unknown, only `answer` is set: the server's refusal.

import { askGranted } from "./grants.js";

export async function scannedGoods(text) {
  const answer = await askGranted("POST", "inventory/scan", { code: text });
  if (answer?.status !== 200) return { answer };
  const { item, units, lot, expiry, packed } = answer.body;
  return { sku: item.sku, names: item.names, box: item.box, units, lot, expiry, packed };
}
