// Service worker: shows the shop's push notifications even when none of its pages is open.

self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const options = { body: said.text, tag: said.tag || undefined, lang: said.language, dir: said.direction, data: said.link };
  event.waitUntil(self.registration.showNotification(said.title ?? "", { ...options, icon: "/static/icon.svg" }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data || "/manager/alerts"));
});
