// The sheet that hands a place to a map app; the choice is remembered, the next tap goes straight there.

import { h, t, icon, openDialog, toast } from './duty-dom.js';
import { APPS, wayTo } from './field-nav.js';
import { remember, remembered } from './field-store.js';

export const chosenApp = () => (APPS.includes(remembered('map')) ? remembered('map') : null);

/** Opens the remembered app, or asks first. `again`: asks whatever is remembered. */
export function chooseWay(place, again = false) {
  const app = chosenApp();
  if (app && !again) { leave(app, place); return; }
  const dialog = openDialog(t('field.way'), h('div', { class: 'sheet-list' },
    APPS.map(one => h('a', { class: 'side wide', href: wayTo(one, place), 'data-app': one, onclick: () => { remember('map', one); dialog.close(); } }, icon('navigation'), h('span', {}, t(`field.way.${one}`)))),
    h('button', { type: 'button', class: 'side wide', 'data-do': 'copy', onclick: () => copy(place, dialog) }, icon('map-pin'), h('span', {}, t('field.way.copy'))),
    h('p', { class: 'muted' }, t('field.way.hint'))), 'way');
}

function leave(app, place) {
  const link = h('a', { href: wayTo(app, place) });
  document.body.append(link);
  link.click();
  link.remove();
  // An app that is not on this phone answers nothing: the page still stands here a moment later, and offers the others.
  setTimeout(() => document.visibilityState === 'visible' && toast('info', t('field.way.nothing'), { label: t('field.way.other'), go: () => chooseWay(place, true) }), 1800);
}

async function copy(place, dialog) {
  const text = `${place.lat.toFixed(6)},${place.lon.toFixed(6)}`;
  try { await navigator.clipboard.writeText(text); toast('ok', t('field.way.copied')); } catch { toast('info', text); }
  dialog.close();
}
