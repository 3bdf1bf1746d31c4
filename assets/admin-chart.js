// The chart of a backtest: how often it would have rung by time above, how long each lasted below. Draws into the Plotly chart Dash put there.

import { t, span } from './duty-dom.js';

const HOUR = 3_600_000, DAY = 24 * HOUR;
const TICKS = [1, 10, 60, 300, 1200, 3600, 10800, 36000, 86400, 604800, 2592000];

async function stage(place) {
  for (let tries = 0; tries < 100; tries += 1) {
    const node = place.querySelector('.js-plotly-plot');
    if (window.Plotly && node) return node;
    await new Promise(go => setTimeout(go, 100));
  }
  return null;
}

/** Plotly has no zone of its own: it is told the city's wall-clock time. */
function inZone(zone) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return at => { const of = Object.fromEntries(format.formatToParts(at).map(part => [part.type, part.value])); return `${of.year}-${of.month}-${of.day} ${of.hour}:${of.minute}:${of.second}`; };
}

/** Rings by hour, or by day where the span is longer than three days: [local time, count] with every empty one in between. */
export function counted(told, local) {
  const step = Date.parse(told.to) - Date.parse(told.from) > 3 * DAY ? DAY : HOUR, cut = step === DAY ? 10 : 13;
  const key = at => local(at).slice(0, cut), found = new Map();
  for (let at = Date.parse(told.from); at < Date.parse(told.until); at += step) found.set(key(at), 0);
  for (const ring of told.rings) found.set(key(Date.parse(ring.since)), (found.get(key(Date.parse(ring.since))) || 0) + 1);
  if (step === DAY) for (const [day, count] of told.sums.by_day) found.set(day, count);
  return { step, points: [...found].sort().map(([at, count]) => [step === DAY ? `${at} 12:00:00` : `${at}:30:00`, count]) };
}

/** `results`: [name, what the API told], one or two; `colours` by name. */
export async function drawChart(place, results, zone, colours) {
  const node = await stage(place);
  if (!node) return;
  const local = inZone(zone), traces = [];
  for (const [name, told] of results) {
    const { step, points } = counted(told, local), title = t(`admin.bt.${name}`);
    traces.push({ type: 'bar', x: points.map(point => point[0]), y: points.map(point => point[1]), name: title, marker: { color: colours[name] }, hovertemplate: `%{x|${step === DAY ? '%m-%d' : '%m-%d %H:00'}} · %{y} · ${title}<extra></extra>` });
    const length = ring => Math.max(1, ((ring.until ? Date.parse(ring.until) : Date.parse(told.until)) - Date.parse(ring.since)) / 1000);
    traces.push({ type: 'scatter', mode: 'markers', yaxis: 'y2', x: told.rings.map(ring => local(Date.parse(ring.since))), y: told.rings.map(length), text: told.rings.map(ring => `${ring.device} · ${span(length(ring))}`), name: title,
      marker: { color: colours[name], size: 6, opacity: 0.75, symbol: name === 'kept' ? 'circle' : 'diamond' }, hovertemplate: '%{text}<br>%{x|%m-%d %H:%M}<extra></extra>' });
  }
  const said = (text, y) => ({ xref: 'paper', yref: 'paper', x: 0, y, xanchor: 'left', yanchor: 'bottom', text, showarrow: false, font: { size: 12, color: '#7387a0' } });
  const [, first] = results[0], layout = { ...node.layout, width: undefined, height: undefined, autosize: true };
  layout.xaxis = { ...layout.xaxis, autorange: false, range: [local(Date.parse(first.from)), counted(first, local).step === DAY ? `${local(Date.parse(first.to)).slice(0, 10)} 23:59:59` : local(Date.parse(first.to))], tickformat: Date.parse(first.to) - Date.parse(first.from) > 3 * DAY ? '%m-%d' : '%m-%d %H:%M' };
  const most = Math.max(1, ...traces.filter(trace => trace.type === 'bar').flatMap(trace => trace.y));
  layout.yaxis = { ...layout.yaxis, autorange: false, range: [0, most * 1.12], dtick: most < 6 ? 1 : undefined };
  layout.yaxis2 = { ...layout.yaxis2, autorange: true, tickvals: TICKS, ticktext: TICKS.map(seconds => span(seconds)) };
  layout.annotations = [said(t(counted(first, local).step === DAY ? 'admin.bt.chart_days' : 'admin.bt.chart_hours'), 1.005), said(t('admin.bt.chart_lengths'), 0.445)];
  await window.Plotly.react(node, traces, layout);
}
