// One device's metric over 24 hours with the limits drawn. Draws into the Plotly chart that Dash put on the page; no callback, no prop.

import { t, clock, number, now } from './duty-dom.js';
import { read, rowsOf } from './duty-call.js';

const DAY = 86400e3;
const STEP_S = 300;

/** Waits for Plotly, which Dash loads after the page: null after ten seconds. */
async function stage() {
  for (let tries = 0; tries < 100; tries += 1) {
    const node = document.querySelector('#duty-trend .js-plotly-plot');
    if (window.Plotly && node) return node;
    await new Promise(go => setTimeout(go, 100));
  }
  return null;
}

/** Axis times in the city's zone: Plotly draws what it is told, without a zone of its own. */
function local(ms, zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(ms).map(part => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
}

const timeOf = row => Date.parse(row.bucket || row.at || row.observed_at || row.time);
const valueOf = (row, side) => row[side] ?? row.avg ?? row.value ?? null;

/** Readings with breaks where nothing came for more than three of the device's usual intervals: a gap is drawn as a gap.
 *  `side` is what of each step stands next to the limit: its max for an upper limit, its min for a lower one. */
export function points(rows, side = 'avg') {
  const sorted = rows.map(row => [timeOf(row), valueOf(row, side)]).filter(point => point[0]).sort((a, b) => a[0] - b[0]);
  const apart = sorted.slice(1).map((point, index) => point[0] - sorted[index][0]).sort((a, b) => a - b);
  const step = Math.max(STEP_S * 1000, apart[Math.floor(apart.length / 2)] || 0);
  return sorted.flatMap((point, index) => (index && point[0] - sorted[index - 1][0] > 3 * step ? [[sorted[index - 1][0] + step, null], point] : [point]));
}

/** Draws the trend of an alert's device and metric; resolves to a sentence about it, or about why there is none. */
export async function drawTrend(place, { device, metric, limits, severity, since, side, decimals, zone, stillWanted }) {
  place.classList.add('loading');
  try {
    const to = now(), from = to - DAY;
    const query = new URLSearchParams({ device, metric, from: new Date(from).toISOString(), to: new Date(to).toISOString(), step: `${STEP_S}s`, limit: '1000' });
    const [node, data] = await Promise.all([stage(), read(`/readings?${query}`)]);
    if (!stillWanted()) return '';
    const found = points(rowsOf(data, 'readings'), side);
    if (!node || !found.some(point => point[1] !== null)) { if (node) window.Plotly.react(node, [], node.layout); return t('duty.trend_none'); }
    const style = getComputedStyle(place), ink = level => style.getPropertyValue(`--sev-${level || 5}-ink`).trim() || style.getPropertyValue(`--sev-${level || 5}`).trim() || '#d33', colour = ink(severity);
    const layout = { ...node.layout, width: undefined, height: undefined, autosize: true,
      xaxis: { ...node.layout.xaxis, autorange: false, range: [local(from, zone), local(to + 10 * 60e3, zone)] }, yaxis: { ...node.layout.yaxis, autorange: true },
      shapes: marks(limits, since, from, colour, zone, ink), annotations: limits.map(one => label(one, ink(one.severity))) };
    const line = { x: found.map(point => local(point[0], zone)), y: found.map(point => point[1]), type: 'scatter', mode: found.length < 40 ? 'lines+markers' : 'lines', connectgaps: false,
      line: { color: '#1f86d8', width: 2 }, marker: { size: 4 }, fill: 'tozeroy', fillcolor: 'rgba(31,134,216,.08)', hovertemplate: '%{y}<extra></extra>' };
    const values = found.map(point => point[1]).filter(value => value !== null);
    const drawn = limits.map(one => one.value), low = Math.min(...values, ...drawn), high = Math.max(...values, ...drawn), room = (high - low || Math.abs(high) || 1) * 0.12;
    layout.yaxis = { ...layout.yaxis, autorange: false, range: [low >= 0 && low - room < 0 ? 0 : low - room, high + room] };
    await window.Plotly.react(node, [line], layout);
    return t('duty.trend_note', { min: number(Math.min(...values), decimals), max: number(Math.max(...values), decimals), at: clock(found.at(-1)[0]) }) + (side === 'avg' ? '' : t(`duty.trend_side.${side}`));
  } catch (problem) {
    return t('duty.trend_failed', { why: problem.message });
  } finally {
    place.classList.remove('loading');
  }
}

function marks(limits, since, from, colour, zone, ink) {
  const shapes = limits.map(one => ({ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: one.value, y1: one.value, line: { color: ink(one.severity), width: 1.5, dash: 'dash' } }));
  if (since && Date.parse(since) > from) shapes.push({ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: local(Date.parse(since), zone), x1: local(Date.parse(since), zone), line: { color: colour, width: 1, dash: 'dot' } });
  return shapes;
}

const label = (limit, colour) => ({ xref: 'paper', x: 0, y: limit.value, xanchor: 'left', yanchor: 'bottom', text: [limit.label, t('duty.limit', { value: number(limit.value) })].filter(Boolean).join(' '), showarrow: false, font: { size: 12, color: colour } });
