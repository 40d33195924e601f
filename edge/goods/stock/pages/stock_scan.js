// What a scanned code, or a number that was typed, says: the product, how many units of it that is (a case: more than
// one), its lot, last day and the day it was packed. `answer` is what the shop said where it knows no such thing.

import { askGranted } from "./grants.js";

export async function scannedGoods(text) {
  const answer = await askGranted("POST", "inventory/scan", { code: text });
  if (answer?.status !== 200) return { answer };
  const { item, units, lot, expiry, packed } = answer.body;
  return { sku: item.sku, names: item.names, box: item.box, units, lot, expiry, packed };
}
