// The desks' one way to the API: every act carries the session's CSRF mark, an idempotency key and the version it was decided on.
// Refusals become a `Problem` that says in words what happened; nothing is retried here but what the caller asks for.

import { t, word, known, clock } from './duty-dom.js';

export class Problem extends Error {
  /** `status` 0: the server was not reached. `body` is the RFC 9457 detail. */
  constructor(status, body) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.body = body;
  }

  get conflict() { return this.status === 409 || this.status === 412; }
  get offline() { return this.status === 0; }
  /** Sent, but nothing came back in time: a network there is. */
  get late() { return this.body.title === 'late'; }
}

const cookie = name => (document.cookie.split('; ').find(one => one.startsWith(`${name}=`)) || '').slice(name.length + 1);
/** Where `crypto.randomUUID` is absent (plain http), the same 128 random bits. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/** `{data, etag}` of an answer; raises `Problem`. `body` is sent as JSON unless it is a Blob. `stay`: a session that ended is the caller's to tell.
 *  Ours answers in JSON and sends no write elsewhere: a captive portal's page, or an answer that broke off, is no network, and nothing was done. */
export async function call(method, path, { body, etag, key, timeout = 15000, stay = false, extra = {} } = {}) {
  const headers = { Accept: 'application/json', ...extra };
  if (method !== 'GET') {
    headers['X-Yiping-Csrf'] = decodeURIComponent(cookie('yiping_csrf'));
    headers['Idempotency-Key'] = key || newKey();
    if (etag) headers['If-Match'] = etag;
    headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json';
  }
  let answer, data;
  try {
    const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
    answer = await fetch(`/api/v1${path}`, { method, headers, body: sent, credentials: 'same-origin', redirect: method === 'GET' ? 'follow' : 'error', signal: AbortSignal.timeout(timeout) });
    const ours = (answer.headers.get('Content-Type') || '').includes('json');
    if (answer.ok && !ours) throw new TypeError('not our answer');
    data = ours ? await answer.json().catch(cause => { if (answer.ok) throw cause; return {}; }) : {};
  } catch (cause) {
    throw new Problem(0, { title: cause.name === 'TimeoutError' ? 'late' : 'offline' });
  }
  if (answer.status === 401 && !stay) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  if (!answer.ok) throw new Problem(answer.status, data);
  return { data, etag: answer.headers.get('ETag') };
}

export const read = path => call('GET', path).then(answer => answer.data);
/** The rows of a list answer: under the noun's own name, or the only list there is. */
export const rowsOf = (data, name) => (Array.isArray(data) ? data : data[name] || Object.values(data).find(Array.isArray) || []);

const PLURAL = { alert: 'alerts', report: 'reports', incident: 'incidents', case: 'cases', approval: 'approvals' };
export const pathOf = (kind, id) => `/${PLURAL[kind]}/${encodeURIComponent(id)}`;
export const act = (kind, id, name, fields = {}, options = {}) => call('POST', `${pathOf(kind, id)}/acts`, { body: { act: name, ...fields }, ...options });

/** What went wrong, in the officer's words; `fresh` is the noun as it is now, where it could be read again. */
export function explain(problem, fresh) {
  if (!(problem instanceof Problem)) return String(problem);
  if (problem.offline) return t('desk.error.offline');
  if (problem.conflict) {
    const last = problem.body.last || (fresh?.audit || []).at(-1) || (fresh?.acked_at && { actor: fresh.acked_by, act: 'acknowledge', at: fresh.acked_at });
    const stage = fresh?.stage || problem.body.present?.stage || problem.body.stage;
    if (last) return t('desk.error.conflict_by', { who: last.actor, act: word('desk.act', last.act), when: clock(last.at, true), stage: word('desk.stage', stage) });
    return stage ? t('desk.error.conflict', { stage: word('desk.stage', stage) }) : t('desk.error.stale');
  }
  if (problem.status === 404) return t('desk.error.gone');
  if (problem.status === 429) return t('desk.error.busy');
  if (problem.status >= 500) return t('desk.error.server');
  return kindOf(problem);
}

/** The kind of a refusal in the reader's words, and after it what the server said, in its own. */
function kindOf({ status, body }) {
  const key = `desk.problem.${String(body.type || '').split(':').at(-1)}`;
  const words = t(known(key) ? key : status === 403 ? 'desk.problem.not_allowed' : 'desk.problem.other');
  return body.detail ? t('desk.problem.with', { words, detail: body.detail }) : words;
}
