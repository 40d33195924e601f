// Where the browser trusts this box, it keeps the page that says that there is no connection.

const { lang } = document.documentElement;
navigator.serviceWorker?.register(`/service-worker.js?lang=${lang}`, { updateViaCache: "none" }).catch(() => {});
