// A service worker that shows the shop's notifications, even if none of its pages is open.

self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const options = { body: said.text, tag: said.tag || undefined, lang: said.language, dir: said.direction, data: said.link };
  event.waitUntil(self.registration.showNotification(said.title ?? "", options));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.notification.data) event.waitUntil(self.clients.openWindow(event.notification.data));
});
