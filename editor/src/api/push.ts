/**
 * Notifications on this device: whether they are possible, switched on, switched off.
 *
 * Knows the browser's push and our addresses for it; never what is pushed.
 */
import { queryOptions } from '@tanstack/react-query';
import { workers } from '@/app/worker';
import { readPushKey, subscribePush, unsubscribePush } from './sensor-requests';

/** Why notifications cannot be had here, or how they stand. */
export type PushState = 'insecure' | 'ios_browser' | 'unsupported' | 'denied' | 'off' | 'on';

/** What the server calls the subscription of this browser. */
const KEPT = 'operandi.push';

export interface Surroundings {
  readonly secure: boolean;
  readonly worker: boolean;
  readonly push: boolean;
  readonly ios: boolean;
  readonly installed: boolean;
  readonly permission: NotificationPermission;
  readonly subscribed: boolean;
}

export function pushState(around: Surroundings): PushState {
  if (!around.secure) return 'insecure';
  // iPhones give push only to what stands on their home screen.
  if (around.ios && !around.installed) return 'ios_browser';
  if (!around.worker || !around.push) return 'unsupported';
  if (around.permission === 'denied') return 'denied';
  return around.subscribed ? 'on' : 'off';
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return workers()?.getRegistration('/');
}

async function surroundings(): Promise<Surroundings> {
  const push = 'PushManager' in window && 'Notification' in window;
  const found = await registration();
  const subscription = push ? await found?.pushManager.getSubscription() : null;
  return {
    secure: window.isSecureContext,
    worker: workers() !== undefined,
    push,
    ios:
      /iPhone|iPad|iPod/.test(navigator.userAgent) ||
      (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
    installed: window.matchMedia('(display-mode: standalone)').matches,
    permission: 'Notification' in window ? Notification.permission : 'default',
    subscribed: subscription != null && localStorage.getItem(KEPT) !== null,
  };
}

export const pushQuery = queryOptions({
  queryKey: ['push'],
  queryFn: async (): Promise<PushState> => pushState(await surroundings()),
  staleTime: 0,
});

/** The key of the server as the browser wants it. */
export function keyBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(
    text
      .replaceAll('-', '+')
      .replaceAll('_', '/')
      .padEnd(Math.ceil(text.length / 4) * 4, '='),
  );
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** Asks the person, then the browser, then tells the server. A refusal by the person is no error. */
export async function switchPushOn(lang: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const made = await workers()?.register('/worker.js');
  if (made === undefined) return;
  const worker = await navigator.serviceWorker.ready;
  const { public_key } = await readPushKey();
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: keyBytes(public_key),
  });
  const { endpoint, keys } = subscription.toJSON();
  try {
    const { id } = await subscribePush({
      endpoint: endpoint ?? '',
      keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
      lang,
    });
    localStorage.setItem(KEPT, id);
  } catch (thrown) {
    // What the server does not know of must not stay.
    await subscription.unsubscribe();
    throw thrown;
  }
}

export async function switchPushOff(): Promise<void> {
  const id = localStorage.getItem(KEPT);
  if (id !== null) await unsubscribePush(id);
  localStorage.removeItem(KEPT);
  await (await (await registration())?.pushManager.getSubscription())?.unsubscribe();
}
