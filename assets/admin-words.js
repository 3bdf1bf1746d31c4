// The words of a rule, edited as YAML: each line with its number, each fault beside its line, and what would change before it is kept.

import { h, t, fill, icon, clock, toast } from './duty-dom.js';
import { call, explain, newKey, read } from './duty-call.js';
import { differencesOf, ofFile, whyOf } from './admin-history.js';
import { said } from './admin-said.js';

const CHECK_MS = 500;

export class Words {
  /** `saved(answer)` when something was kept, `gone()` to read the rule again, `faster(answer)` as it is now that somebody else kept, `names()` of all rules. */
  constructor(place, config, doors) {
    Object.assign(this, { place, config, doors, one: null, asked: 0 });
    this.area = h('textarea', { class: 'a-text', spellcheck: 'false', autocomplete: 'off', wrap: 'off', 'aria-label': t('admin.words'), oninput: () => this.#typed(), onscroll: () => this.#follow(), onkeydown: event => this.#key(event) });
    this.gutter = h('div', { class: 'a-gutter', 'aria-hidden': 'true' });
    this.theirs = h('div', { class: 'a-theirs', role: 'alert', hidden: true });
    this.notes = h('div', { class: 'a-notes', role: 'status', 'aria-live': 'polite' });
    this.name = h('input', { class: 'a-newname', placeholder: 'gas-high', maxlength: '64', 'aria-label': t('admin.name'), oninput: () => this.#typed() });
    this.why = h('input', { maxlength: '1000', placeholder: t('admin.why'), 'aria-label': t('admin.why'), oninput: () => this.#buttons(), onkeydown: event => { if (event.key === 'Enter') this.save(); } });
    this.buttons = {
      save: h('button', { type: 'button', class: 'primary', 'data-act': 'save', onclick: () => this.save() }, icon('save'), t('admin.save')),
      undo: h('button', { type: 'button', 'data-act': 'undo', onclick: () => this.put(this.one.yaml) }, icon('undo-2'), t('admin.undo')),
      file: h('button', { type: 'button', 'data-act': 'back_to_file', onclick: () => this.#send('PUT', { back_to_file: true }, 'admin.back_done') }, icon('file-text'), t('admin.back_to_file')),
      withdraw: h('button', { type: 'button', class: 'danger', 'data-act': 'withdraw', onclick: () => this.#withdraw() }, icon('ban'), t('admin.withdraw')),
    };
  }

  /** The rule as it was read; null: none is chosen. */
  take(one) {
    this.one = one;
    if (!one) return fill(this.place);
    this.why.value = '';
    this.theirs.hidden = true;
    this.stored = one.yaml || '';
    fill(this.place,
      !one.kept && h('label', { class: 'a-field' }, h('span', {}, t('admin.name')), this.name, h('small', {}, t('admin.name_about'))),
      this.#told(one),
      one.yaml === null ? this.#withdrawn() : h('div', { class: 'a-edit' }, h('div', { class: 'a-editor' }, this.gutter, this.area), h('div', { class: 'a-beside' }, this.theirs, this.notes)),
      h('div', { class: 'a-foot' }, h('label', { class: 'a-why' }, icon('message-square'), this.why), Object.values(this.buttons)));
    this.put(this.stored);
    return this.place;
  }

  put(text) {
    this.area.value = text;
    this.#typed();
  }

  /** The edited text; null where it is what is kept. */
  changed() { return this.one && this.one.yaml !== null && this.area.value !== this.stored ? this.area.value : null; }

  #told(one) {
    const kept = one.kept;
    if (!kept) return null;
    const by = kept.revision ? t(kept.origin === 'admin' ? 'admin.kept_by' : ofFile(kept) ? 'admin.kept_file' : 'admin.kept_back', { who: kept.by, when: clock(kept.at), revision: kept.revision }) : t('admin.kept_never');
    const why = kept.why && h('q', {}, whyOf(kept));
    const over = one.from_file?.length > 0 && h('div', { class: `a-over ${kept.torn ? 'torn' : ''}` }, h('p', {}, icon(kept.torn ? 'triangle-alert' : 'info'), t(kept.torn ? 'admin.torn' : 'admin.over_file')), differencesOf(one.from_file.map(each => ({ path: each.path, before: each.before, after: each.after })), 'admin.in_file', 'admin.in_force'));
    return h('div', { class: 'a-told' }, h('p', {}, icon(ofFile(kept) || !kept.revision ? 'file-text' : 'user-cog'), by, why), over);
  }

  #withdrawn() {
    return h('div', { class: 'a-none' }, icon('ban'), h('span', {}, t('admin.is_withdrawn')), this.one.file && h('span', { class: 'muted' }, t('admin.file_has_it')));
  }

  #typed() {
    const lines = this.area.value.split('\n').length;
    if (this.gutter.childElementCount !== lines) fill(this.gutter, Array.from({ length: lines }, (_, n) => h('span', { 'data-line': n + 1 }, n + 1)));
    this.#follow();
    this.#buttons();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#check(), CHECK_MS);
  }

  #follow() { this.gutter.scrollTop = this.area.scrollTop; }

  /** Tab writes two blanks, Escape gives the keyboard back, Ctrl-S keeps. */
  #key(event) {
    if (event.key === 'Tab' && !event.shiftKey && !this.free) {
      event.preventDefault();
      this.area.setRangeText('  ', this.area.selectionStart, this.area.selectionEnd, 'end');
      this.#typed();
    } else if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save();
    }
    this.free = event.key === 'Escape';
  }

  get #rule() { return this.one.rule || this.name.value.trim(); }

  #buttons() {
    const changed = this.changed() !== null, why = this.why.value.trim() !== '', kept = Boolean(this.one?.kept);
    this.buttons.save.disabled = !(changed || !kept) || !why || !this.#rule || this.faulty || this.one?.yaml === null;
    this.buttons.save.title = changed || !kept ? (why ? '' : t('admin.why_needed')) : t('admin.unchanged');
    this.buttons.undo.hidden = !changed || !kept;
    this.buttons.file.hidden = !this.one?.file || !(this.one.from_file?.length || this.one.state === 'withdrawn');
    this.buttons.withdraw.hidden = !kept || this.one.state === 'withdrawn';
    this.buttons.file.disabled = this.buttons.withdraw.disabled = !why;
    this.buttons.file.title = this.buttons.withdraw.title = why ? '' : t('admin.why_needed');
  }

  async #check() {
    if (!this.one || this.one.yaml === null) return;
    const turn = ++this.asked, rule = this.#rule;
    if (this.changed() === null && this.one.kept) return this.#note([], null);
    if (!this.one.kept && this.doors.names().includes(rule)) return this.#note([{ path: '', line: null, message: t('admin.name_taken'), hint: '' }], null);
    try {
      const { data } = await call('PUT', `/rules/${encodeURIComponent(rule || 'new')}?check=true`, { body: { body: this.area.value, why: '' }, key: newKey() });
      if (turn === this.asked) this.#note(data.problems, data);
    } catch (problem) {
      if (turn === this.asked) this.#note([{ path: '', line: null, message: explain(problem), hint: '' }], null);
    }
    return undefined;
  }

  #note(problems, preview) {
    this.faulty = problems.length > 0;
    for (const node of this.gutter.children) node.classList.toggle('fault', problems.some(one => String(one.line) === node.dataset.line));
    fill(this.notes,
      problems.length ? [h('h3', { class: 'a-bad' }, icon('circle-alert'), t('admin.faults', { n: problems.length })), h('ul', { class: 'a-faults' }, problems.map(one => this.#fault(one)))]
        : preview?.differences.length ? [h('h3', {}, icon('git-merge'), t(this.one.kept ? 'admin.would_change' : 'admin.would_add', { n: preview.differences.length })), differencesOf(preview.differences)]
          : h('p', { class: 'a-well' }, icon('circle-check'), t(this.changed() === null ? 'admin.as_kept' : 'admin.same_meaning')));
    this.#buttons();
  }

  #fault(one) {
    const go = () => { this.area.focus(); const starts = this.area.value.split('\n').slice(0, one.line - 1).join('\n').length + (one.line > 1 ? 1 : 0); this.area.setSelectionRange(starts, starts + this.area.value.split('\n')[one.line - 1].length); };
    return h('li', { 'data-fault': one.path || '?' }, one.line ? h('button', { type: 'button', class: 'quiet', onclick: go }, t('admin.line', { n: one.line })) : null, one.path && h('code', {}, one.path), h('span', {}, said(one.message)), one.hint && h('em', {}, said(one.hint)));
  }

  save() { if (!this.buttons.save.disabled) this.#send('PUT', { body: this.area.value }, 'admin.saved'); }

  #withdraw() { if (confirm(t('admin.withdraw_sure', { rule: this.one.rule }))) this.#send('DELETE', {}, 'admin.withdrawn_done'); }

  async #send(method, body, done) {
    try {
      const rule = this.#rule;
      const { data, etag } = await call(method, `/rules/${encodeURIComponent(rule)}`, { body: { ...body, why: this.why.value.trim() }, etag: this.one.etag });
      toast('ok', t(done));
      this.stored = this.area.value;
      this.doors.saved({ ...data, etag });
    } catch (problem) {
      if (problem.status === 412) await this.#beaten();
      else toast('error', explain(problem));
    }
  }

  /** Somebody was faster: the text and the reason stay as they were typed, and beside them stands what the other changed. Saving again is
   *  meant over it. */
  async #beaten() {
    const rule = this.#rule, before = this.one.kept?.revision ?? 0;
    try {
      const { data, etag } = await call('GET', `/rules/${encodeURIComponent(rule)}`);
      const { history } = await read(`/rules/${encodeURIComponent(rule)}/history?limit=20`);
      if (this.#rule !== rule) return;
      this.#stay({ ...data, etag, yaml: data.yaml ?? '' }, history.filter(one => one.revision > before), data);
    } catch {
      toast('error', t('admin.faster'), { label: t('admin.again'), go: () => this.#beaten() });
    }
  }

  /** `fresh` is what is kept now; `rounds` the revisions that came in between, newest first. */
  #stay(fresh, rounds, now) {
    this.one = fresh;
    this.stored = fresh.yaml;
    const [last] = rounds, said = { who: last?.by ?? now.kept.by, when: clock(last?.at ?? now.kept.at) };
    fill(this.theirs, h('p', {}, icon('git-merge'), h('b', {}, t(now.yaml === null ? 'admin.faster_withdrawn' : 'admin.faster_by', said))),
      rounds.map(one => [one.why && h('q', {}, whyOf(one)), one.body !== null && one.differences.length > 0 && differencesOf(one.differences)]),
      now.yaml !== null && h('details', {}, h('summary', {}, t('admin.theirs')), h('pre', {}, now.yaml)),
      h('button', { type: 'button', 'data-act': 'take_theirs', onclick: () => { this.stored = this.area.value; this.doors.gone(); } }, icon('undo-2'), t('admin.take_theirs')));
    this.theirs.hidden = false;
    this.doors.faster?.(now);
    this.#typed();
  }
}
