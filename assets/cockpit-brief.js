// The brief: sentences made from the very figures on the screen, honest about what is unknown. Pure.

import { foldVital } from './state.js';
import { vitalState } from './cockpit-figures.js';

/** The sentences, most important first. `words` are the text functions of the page. */
export function sentences(state, total, figures, { vitals, metrics, rules, streetName, lost, now, words: { t, span, number, labelOf, titleOf } }) {
  if (!total.known) return [t('cockpit.brief.unknown')];
  const lines = [gravest(), signals(), alerts(), cases(), devices(), body()].filter(Boolean);
  return lost ? [...lines, t(`cockpit.brief.${lost}`)] : lines;

  function gravest() {
    const worst = [...state.alerts.values()].filter(row => row.severity <= 2 && row.stage !== 'rtn_unack' && !row.drill).sort((a, b) => a.severity - b.severity || Date.parse(a.raised_at) - Date.parse(b.raised_at))[0];
    return worst && t('cockpit.brief.worst', { title: titleOf(worst, rules), place: [streetName(worst.street), !worst.title.includes(worst.device_name) && (worst.device_name || worst.device)].filter(Boolean).join(' '), span: span((now - Date.parse(worst.raised_at)) / 1000) });
  }
  function signals() {
    const { value, yesterday } = figures.signals, by = value - yesterday;
    const compare = yesterday === null ? t('cockpit.brief.nothing_before') : by > 0 ? t('cockpit.brief.more', { n: by }) : by < 0 ? t('cockpit.brief.less', { n: -by }) : t('cockpit.brief.equal');
    return t('cockpit.brief.signals', { n: number(value, 0), compare });
  }
  function alerts() {
    return figures.alerts.value ? t('cockpit.brief.alerts', { n: figures.alerts.value, red: total.alerts[1], orange: total.alerts[2], unack: total.unack ?? '—' }) : t('cockpit.brief.alerts_none');
  }
  function cases() {
    const overdue = total.cases_overdue ? t('cockpit.brief.overdue', { n: total.cases_overdue }) : t('cockpit.brief.no_overdue');
    const rate = figures.in_time.value === null ? t('cockpit.brief.in_time_unknown') : t('cockpit.brief.in_time', { of: total.due_today, rate: number(figures.in_time.value, 1) });
    const response = figures.response.value === null ? t('cockpit.brief.response_unknown') : t('cockpit.brief.response', { n: number(figures.response.value, 1) });
    return [t('cockpit.brief.cases', { n: total.cases_open ?? '—', overdue }), rate, response].join(t('cockpit.brief.gap'));
  }
  function devices() {
    if (figures.online.value === null) return '';
    return t('cockpit.brief.online', { n: number(total.online, 0), of: number(total.devices, 0), rate: number(figures.online.value, 1), silent: total.silent ? t('cockpit.brief.silent', { n: total.silent }) : '' });
  }
  function body() {
    const told = vitals.map(one => ({ one, value: foldVital(total.vitals[one.metric], one.fold) }));
    const name = ({ one, value }) => `${labelOf(one)} ${number(value, metrics[one.metric]?.decimals)}\u00a0${metrics[one.metric]?.unit || ''}`.trim();
    const [bad, fair] = ['bad', 'fair'].map(state => told.filter(({ one, value }) => vitalState(value, one) === state)), unknown = told.filter(({ value }) => value === null);
    const join = (list, say) => list.map(say).join(t('cockpit.brief.comma'));
    const well = !bad.length && !fair.length && unknown.length < told.length;
    return [bad.length && t('cockpit.brief.bad', { list: join(bad, name) }), fair.length && t('cockpit.brief.fair', { list: join(fair, name) }), well && t('cockpit.brief.vitals_good'), unknown.length && t('cockpit.brief.unknown_vitals', { list: join(unknown, ({ one }) => labelOf(one)) })].filter(Boolean).join(t('cockpit.brief.gap'));
  }
}
