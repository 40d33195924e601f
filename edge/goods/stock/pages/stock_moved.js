// What the server says of the stock is only that something moved: whoever shows it asks for it anew.

const seq = () => document.getElementById("stock_now")?.dataset.seq;

// For `listen` of push.js: calls `again` behind each movement.
export function whenMoved(again) {
  let seen = seq();
  return () => {
    if (seq() === seen) return;
    seen = seq();
    again();
  };
}
