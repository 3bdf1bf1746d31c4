// One unit: its posts with who holds them, its people, and the forms that change them. Sends what is asked; what fits is the server's law.

import { h, t, fill, icon, number, labelOf, language, word, toast, openDialog, listed } from './duty-dom.js';
import { call, explain } from './duty-call.js';

const nameOf = one => (language() === 'en' && one.name_en) || one.name;
const roleOf = role => word('desk.role', role);

/** A form in a dialog that stays until the server took it; `send` gets the fields. */
export function ask(title, parts, send, name, words = t('organisation.save')) {
  const said = h('p', { class: 'form-error', role: 'alert' });
  const form = h('form', { class: 'note-form o-form' }, parts, said, h('footer', {}, h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, t('desk.cancel')), h('button', { type: 'submit', class: 'primary', 'data-do': 'save' }, icon('check'), words)));
  const dialog = openDialog(title, form, name);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const button = form.querySelector('[data-do=save]');
    button.disabled = true;
    try { await send(Object.fromEntries(new FormData(form)), form); dialog.close(); } catch (problem) { said.textContent = problem.body?.detail || explain(problem); } finally { button.disabled = false; }
  });
  form.querySelector('select,input,textarea')?.focus();
  return dialog;
}

export const field = (label, input, about = '') => h('label', {}, h('span', {}, label), input, about && h('small', {}, about));
const option = (value, text, chosen) => h('option', { value, selected: chosen }, text);

/** Posts, then people; an empty seat is said in words. */
export function drawPeople(one, state, reload) {
  const posts = one.posts.filter(post => post.seats || post.held);
  const members = one.members;
  return [
    one.code && h('section', { class: 'o-part' }, h('h3', {}, icon('briefcase-business'), t('organisation.posts')), posts.length ? h('table', { class: 'a-table o-posts' },
      h('thead', {}, h('tr', {}, ['post', 'role', 'seats', 'held', ''].map(key => h('th', { scope: 'col' }, key && t(`organisation.${key}`))))),
      h('tbody', {}, posts.map(post => h('tr', { 'data-id': post.post_id }, h('th', { scope: 'row' }, nameOf(post)), h('td', {}, roleOf(post.role)), h('td', { class: 'num' }, number(post.seats)), h('td', { class: 'num' }, number(post.held)), h('td', {}, seats(post)))))) : h('p', { class: 'muted' }, t('organisation.no_posts'))),
    h('section', { class: 'o-part' }, h('h3', {}, icon('users'), t('organisation.people'), h('span', { class: 'a-note' }, number(members.length))), members.length ? h('table', { class: 'a-table o-people' },
      h('thead', {}, h('tr', {}, ['member', 'post', 'grids', 'cases', ''].map(key => h('th', { scope: 'col' }, key && t(`organisation.${key}`))))),
      h('tbody', {}, members.map(who => h('tr', { 'data-id': who.account }, h('th', { scope: 'row' }, h('b', {}, who.title), h('small', {}, [roleOf(who.role), who.login].filter(Boolean).join(' · '))),
        h('td', {}, who.post ? (language() === 'en' && who.post_en) || who.post : '—', who.at_desk && h('span', { class: 'a-mark a-own' }, t('organisation.at_desk'))), h('td', { class: 'o-grids' }, listed(who.duty_grids || []) || '—'), h('td', { class: who.open ? 'num' : 'num zero' }, number(who.open || 0)),
        h('td', { class: 'num' }, h('button', { type: 'button', 'data-act': 'move', onclick: () => move(who, one, state, reload) }, t('organisation.move'))))))) : h('p', { class: 'muted' }, t('organisation.no_members'))),
  ];
}

function seats(post) {
  const missing = post.seats - post.held;
  if (missing > 0) return h('span', { class: 'o-gap' }, t('organisation.vacant', { n: missing }));
  return h('span', { class: missing < 0 ? 'o-soft' : 'o-well' }, missing < 0 ? t('organisation.over', { n: -missing }) : t('organisation.full'));
}

function move(who, one, state, reload) {
  const post = h('select', { name: 'post' });
  const unit = h('select', { name: 'unit', onchange: posts }, option('', t('organisation.no_unit')), state.told.units.map(each => option(each.code, `${'　'.repeat(each.depth)}${nameOf(each)}`, each.code === one.code)));
  function posts() {
    const of = state.told.units.find(each => each.code === unit.value);
    fill(post, option('', t('organisation.no_post')), (of?.posts || []).filter(each => each.role === who.role && each.seats).map(each => option(each.name, nameOf(each), each.name === who.post)));
  }
  posts();
  ask(t('organisation.move_title', { who: who.title }), [field(t('organisation.to_unit'), unit), field(t('organisation.to_post'), post)], async wanted => {
    await call('POST', `/people/${who.account}/acts`, { body: { act: 'move', unit: wanted.unit || null, post: wanted.post || null } });
    toast('ok', t('organisation.moved'));
    await reload();
  }, 'move');
}

/** `网格员 grid_worker 4` a line: name, role, seats. */
function readPosts(text) {
  return text.split('\n').map((line, place) => ({ line: line.trim(), place })).filter(({ line }) => line).map(({ line, place }) => {
    const found = /^(.+?)\s+([a-z_]+)(?:\s+(\d+))?$/.exec(line);
    if (!found) throw Object.assign(new Error(), { body: { detail: t('organisation.posts_bad', { n: place + 1, line }) } });
    return { name: found[1], role: found[2], seats: Number(found[3] || 1) };
  });
}

export function editUnit(one, state, open) {
  const { units, kinds, levels } = state.told;
  const level = h('select', { name: 'level', required: true }), kind = h('select', { name: 'kind', required: true, onchange: fit }, Object.entries(kinds).map(([name, each]) => option(name, labelOf(each), name === one?.kind)));
  function fit() { fill(level, kinds[kind.value].levels.map(n => option(n, `${n} ${labelOf(levels[n - 1])}`, n === one?.level))); }
  fit();
  const input = (name, more = {}) => h('input', { name, value: one?.[name] ?? '', maxlength: 200, ...more });
  const posts = (one?.posts || []).filter(post => post.seats);
  ask(t(one ? 'organisation.edit' : 'organisation.new'), [
    !one && field(t('organisation.code'), h('input', { name: 'code', required: true, maxlength: 40, pattern: '[^/?#\\s]+' })),
    field(t('organisation.name'), input('name', { required: true })), field(t('organisation.name_en'), input('name_en')), field(t('organisation.kind'), kind), field(t('organisation.level_name'), level),
    field(t('organisation.parent'), h('select', { name: 'parent' }, option('', t('organisation.top')), units.filter(each => each.code !== one?.code).map(each => option(each.code, `${'　'.repeat(each.depth)}${nameOf(each)}`, each.code === one?.parent)))),
    field(t('organisation.area'), input('area', { required: true, inputmode: 'numeric' })),
    field(t('organisation.posts'), h('textarea', { name: 'posts', rows: 4 }, posts.map(post => `${post.name} ${post.role} ${post.seats}`).join('\n')), t('organisation.posts_about')),
  ], async wanted => {
    const code = one?.code || wanted.code;
    const known = new Map(posts.map(post => [post.name, post.name_en]));
    const wantedPosts = readPosts(wanted.posts).map(post => ({ ...post, name_en: known.get(post.name) || '' }));
    await call('PUT', `/units/${encodeURIComponent(code)}`, { body: { name: wanted.name, name_en: wanted.name_en, kind: wanted.kind, level: Number(wanted.level), area: wanted.area, parent: wanted.parent || null, posts: wantedPosts } });
    toast('ok', t('organisation.saved'));
    state.told.units = state.told.units.filter(each => each.code !== code); // read anew by `open`
    await open(code);
  }, 'unit-form');
}
