// Web Push on the phone's side: asks the worker's leave, subscribes with this installation's key and hands the subscription to the server.
// Without it the stream tells while the page is open; what stands decides `state()`, so that the page can say it in words.

import { call, read } from './duty-call.js';
import { remember, remembered } from './field-store.js';

const bytesOf = key => Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), sign => sign.charCodeAt(0));
const able = () => Boolean(globalThis.isSecureContext && 'PushManager' in window && navigator.serviceWorker);

const OWNER = 'push'; // the account whose wish the subscription of this browser is

/** on, off, denied, or unable (no https, an old browser, or a server without a key). Another account's subscription is off for this one. */
export async function pushState(account) {
  if (!able()) return 'unable';
  if (Notification.permission === 'denied') return 'denied';
  const worker = await navigator.serviceWorker.getRegistration('/field');
  return (await worker?.pushManager.getSubscription()) && Notification.permission === 'granted' && remembered(OWNER) === account ? 'on' : 'off';
}

/** Subscribes and tells the server; again after each opening, because browsers renew subscriptions by themselves. Raises `Problem` or `Error`. */
export async function subscribe(account) {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const worker = await navigator.serviceWorker.ready;
  const { public_key: key } = await read('/push');
  const before = await worker.pushManager.getSubscription();
  const same = before && new Uint8Array(before.options.applicationServerKey || []).join() === bytesOf(key).join();
  if (before && !same) await before.unsubscribe();
  const subscription = same ? before : await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  await call('POST', '/push', { body: subscription.toJSON(), stay: true });
  remember(OWNER, account);
  return 'on';
}

/** Once more at each opening, silently: only for whom it was on. */
export const renewPush = async account => ((await pushState(account)) === 'on' ? subscribe(account).catch(() => null) : null);

/** Tells the server, in the session that may say so, and ends it in the browser whatever the server answers. */
export async function unsubscribe() {
  const worker = await navigator.serviceWorker?.getRegistration('/field'), subscription = await worker?.pushManager?.getSubscription();
  if (subscription) {
    await call('POST', '/push', { body: { act: 'unsubscribe', endpoint: subscription.endpoint }, stay: true, timeout: 4000 }).catch(() => null);
    await subscription.unsubscribe();
  }
  remember(OWNER, null);
  return 'off';
}

/** A notification was opened: whoever sent it learns that it was read. */
export const tellRead = id => (id ? call('POST', '/push', { body: { act: 'read', id }, stay: true }).catch(() => null) : null);
