/** Starts the service worker, which keeps the built files and shows notifications. Knows its address and nothing it does. */

/** `undefined` where the browser has none: on plain HTTP, and in private windows of some. */
export function workers(): ServiceWorkerContainer | undefined {
  return typeof navigator !== 'undefined' && 'serviceWorker' in navigator
    ? navigator.serviceWorker
    : undefined;
}

/** While developing, files change under the same name and nothing must keep them. */
export function startWorker(): void {
  if (!import.meta.env.PROD) return;
  // A page without one works as well: what it would have kept is asked for again.
  window.addEventListener(
    'load',
    () =>
      void workers()
        ?.register('/worker.js')
        .catch(() => undefined),
  );
}
