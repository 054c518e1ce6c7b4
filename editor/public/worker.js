// The service worker: keeps the hashed files of the app, and shows what the server pushes. It never touches an answer of
// the API nor the page itself, whose policy is fresh every time.
'use strict';

const KEPT = 'operandi-files-1';
// Older files go first when there are more; one version of the app has fewer.
const FILES_MAX = 400;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('operandi-') && name !== KEPT) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  // A hashed name never means another content, so what is kept is right.
  if (event.request.method !== 'GET' || url.origin !== location.origin || !url.pathname.startsWith('/assets/')) return;
  event.respondWith(hashed(event));
});

async function hashed(event) {
  const kept = await caches.open(KEPT).catch(() => undefined);
  const found = await kept?.match(event.request);
  if (found !== undefined) return found;
  const answer = await fetch(event.request);
  if (kept !== undefined && answer.ok) event.waitUntil(keep(kept, event.request, answer.clone()));
  return answer;
}

async function keep(kept, request, answer) {
  try {
    await kept.put(request, answer);
    const all = await kept.keys();
    for (const old of all.slice(0, Math.max(0, all.length - FILES_MAX))) await kept.delete(old);
  } catch {
    // A full disk keeps nothing, and nothing else changes.
  }
}

self.addEventListener('push', (event) => {
  const told = read(event.data);
  event.waitUntil(
    self.registration.showNotification(told.title, {
      body: told.body,
      // What is told again of the same alert takes the place of what was told before.
      tag: told.tag,
      renotify: told.tag !== undefined,
      icon: '/icon-192.png',
      badge: '/badge.png',
      data: { path: told.path },
    }),
  );
});

function read(data) {
  let told = {};
  try {
    told = data?.json() ?? {};
  } catch {
    told = { body: data?.text() };
  }
  const alert = typeof told.alert_id === 'string' ? told.alert_id : undefined;
  // Only a path of ours is ever opened.
  const path = typeof told.url === 'string' && /^\/(?![/\\])/.test(told.url) ? told.url : undefined;
  return {
    title: String(told.title ?? 'operandi'),
    body: String(told.body ?? ''),
    tag: told.tag ?? alert,
    path: path ?? (alert === undefined ? '/alerts' : `/alerts/${encodeURIComponent(alert)}`),
  };
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path ?? '/alerts'));
});

async function open(path) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const one of windows) {
    if (!('navigate' in one)) continue;
    try {
      await one.focus();
      // Only a page that this worker serves can be led elsewhere.
      await one.navigate(path);
      return;
    } catch {
      // The next one, or a new one.
    }
  }
  await self.clients.openWindow(path);
}
