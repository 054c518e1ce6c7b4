/**
 * Notifications on this device: whether they are possible, switched on, switched off.
 *
 * Knows the browser's push and our addresses for it; never what is pushed.
 */
import { queryOptions } from '@tanstack/react-query';
import { workers } from '@/app/worker';
import { listPush, readPushKey, subscribePush, testPush, unsubscribePush } from './sensor-requests';

/** Why notifications cannot be had here, or how they stand. */
export type PushState = 'insecure' | 'ios_browser' | 'unsupported' | 'denied' | 'off' | 'on';

/** What the server calls this browser, in each organisation in which it was switched on, apart by a comma. */
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

const kept = (): string[] => localStorage.getItem(KEPT)?.split(',') ?? [];

/** What the server calls this browser in the organisation of now; `undefined` when it does not know it. */
async function known(): Promise<string | undefined> {
  const mine = kept();
  if (mine.length === 0) return undefined;
  return (await listPush()).items.find(({ id }) => mine.includes(id))?.id;
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
    subscribed: subscription != null && (await known()) !== undefined,
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

function same(bytes: ArrayBuffer | null, key: Uint8Array): boolean {
  return bytes !== null && String(new Uint8Array(bytes)) === String(key);
}

/** Asks the person, then the browser, then tells the server. A refusal by the person is no error. */
export async function switchPushOn(lang: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const made = await workers()?.register('/worker.js');
  if (made === undefined) return;
  const worker = await navigator.serviceWorker.ready;
  const applicationServerKey = keyBytes((await readPushKey()).public_key);
  const before = await worker.pushManager.getSubscription();
  // A server that was set up anew has another key, and a browser has one key at a time.
  if (before !== null && !same(before.options.applicationServerKey, applicationServerKey)) {
    await before.unsubscribe();
  }
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint, keys } = subscription.toJSON();
  try {
    const { id } = await subscribePush({
      endpoint: endpoint ?? '',
      keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
      lang,
    });
    localStorage.setItem(KEPT, [...new Set([...kept(), id])].join(','));
  } catch (thrown) {
    // What the server does not know of must not stay.
    await subscription.unsubscribe();
    throw thrown;
  }
}

/** First here, so that nothing more is shown even when the server cannot be told: it forgets whom nobody reaches. */
export async function switchPushOff(): Promise<void> {
  await (await (await registration())?.pushManager?.getSubscription())?.unsubscribe();
  const id = await known();
  localStorage.removeItem(KEPT);
  if (id !== undefined) await unsubscribePush(id);
}

/** Lets a message come, to see that it does. */
export async function tryPush(): Promise<void> {
  const id = await known();
  if (id !== undefined) await testPush(id);
}
