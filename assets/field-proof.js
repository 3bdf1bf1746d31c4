// What phones brought with a case beside pictures, as desks show it: voice notes, and where and when somebody says they were, with every doubt.

import { h, t, icon, clock, span, listed } from './duty-dom.js';

const away = metres => (metres === null ? '' : metres < 950 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`);
export const isVoice = medium => String(medium?.kind || '').startsWith('audio/');

/** Players of the voice notes of a case. */
export const voicesOf = noun => (noun.media || []).filter(one => isVoice(one) && !one.ended_at).map(one => h('figure', { 'data-role': 'voice' },
  h('figcaption', {}, [t('desk.voice'), one.seconds && span(one.seconds), clock(one.created_at)].filter(Boolean).join(' · ')), h('audio', { controls: true, preload: 'none', src: `/api/v1/media/${one.media_id}` })));

/** A line per arrival, and per photo that is doubted: what is doubted stands in words, what is not is only how far it was. */
export const positionsOf = noun => h('ul', { class: 'positions' }, (noun.positions || []).filter(one => one.act === 'arrive' || one.doubts.length).map(one => h('li', { 'data-doubts': one.doubts.join(' ') },
  icon(one.doubts.length ? 'triangle-alert' : 'map-pin'), h('span', {}, [clock(one.done_at), one.who, t(`desk.act.${one.act}`), one.distance_m !== null && t('desk.away', { distance: away(one.distance_m) }), late(one)].filter(Boolean).join(' · ')),
  one.doubts.length > 0 && h('b', {}, listed(one.doubts.map(doubt => t(`desk.doubt.${doubt}`, { off: Math.round(Math.abs(one.clock_off_s || 0) / 60) })))))));

/** Sent a while after it was done: without a network meanwhile. */
const late = one => { const seconds = (Date.parse(one.received_at) - Date.parse(one.done_at)) / 1000; return seconds > 120 && t('desk.sent_late', { span: span(seconds) }); };
