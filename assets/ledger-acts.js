// The acts of one row of a ledger: a button for each that the server allows, the note and fields it takes, what became of it.

import { h, t, fill, icon, toast, titled } from './duty-dom.js';
import { call, explain } from './duty-call.js';
import { askNote } from './duty-fields.js';
import { actWord } from './ledger-form.js';

const LOOK = {
  feedback: ['message-square', 'primary'], close: ['square-check', 'primary'], return: ['undo-2', 'danger'], withdraw: ['ban', 'danger'], assign: ['send', 'primary'], rectify: ['check-check', 'primary'],
  verify: ['badge-check', 'primary'], void: ['trash-2', 'danger'], set_risk: ['gauge', 'primary'], change: ['pencil', ''], end: ['ban', 'danger'], reopen: ['rotate-ccw', 'primary'], amend: ['pencil', ''],
};

/** Draws the buttons into `footer`. `ledger.fields(act, row, app)` gives an act's own fields, `ledger.body(answer)` turns what was filled in
 *  into what is sent; `ledger.run(act, row, app, etag)` does those that are no act of the API and resolves to whether anything was done. */
export function drawActs(footer, row, { path, etag, ledger, app, needs, done }) {
  fill(footer, (row.acts || []).map(name => {
    const [symbol, look] = ledger.look?.[name] || LOOK[name] || ['circle-dot', ''];
    return h('button', { type: 'button', class: look || null, 'data-act': name, onclick: () => run(name) }, icon(symbol), actWord(ledger.noun, name));
  }));

  async function run(name) {
    try {
      if (ledger.run && ledger.own?.includes(name)) { if (await ledger.run(name, row, app, etag)) done(); return; }
      const answer = await askNote(`${actWord(ledger.noun, name)} · ${titled(row, row.title || row.name || row.text || '')}`, { needed: needs.includes(name), fields: await ledger.fields?.(name, row, app) || [] });
      if (!answer) return;
      await call('POST', `${path}/acts`, { body: { act: name, ...(ledger.body ? ledger.body(answer) : answer) }, etag });
      toast('ok', t('ledgers.did', { act: actWord(ledger.noun, name) }));
      done();
    } catch (problem) {
      toast('error', explain(problem));
      if (problem.conflict) done();
    }
  }
}
