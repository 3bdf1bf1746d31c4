// What stands where an answer should: why there is none, and the way to ask again.

import { h, t, fill, icon } from './duty-dom.js';
import { explain } from './duty-call.js';

/** In each place instead of all that stood there: no figure of before stays under the words of now, and a failure never reads as "nothing".
 *  The first of them has the button that asks again. */
export function noAnswer(places, problem, again) {
  places.forEach((place, index) => fill(place, h('div', { class: 'no-answer', role: index === 0 ? 'status' : null }, icon('circle-alert'), h('p', {}, explain(problem)), index === 0 && again && retry(again))));
}

const retry = again => h('button', { type: 'button', 'data-do': 'again', onclick: event => { event.currentTarget.disabled = true; again(); } }, icon('rotate-ccw'), t('desk.again'));
