// The course of one indicator over periods: bars of denominator and numerator, the value as a line. Draws into the chart Dash put there.

import { t, labelOf, number } from './duty-dom.js';
import { unitOf } from './analysis-words.js';

async function stage(root) {
  for (let tries = 0; tries < 100; tries += 1) {
    const node = root.querySelector('.an-chart .js-plotly-plot');
    if (window.Plotly && node) return node;
    await new Promise(go => setTimeout(go, 100));
  }
  return null;
}

const colour = (root, name) => getComputedStyle(root).getPropertyValue(name).trim();

/** `rows`: one a period, oldest first. A period without a value breaks the line: it is not zero. `below` names the periods, each under its bar. */
export async function drawCourse(root, rows, formula, below) {
  const node = await stage(root);
  if (!node) return;
  const x = rows.map(row => row.key), of = name => rows.map(row => row.figures[formula.code]?.[name] ?? null);
  const ink = colour(root, '--ink-2'), grid = colour(root, '--line-2'), accent = colour(root, '--accent'), bars = formula.kind === 'rate';
  const label = labelOf(formula), unit = unitOf(formula), whole = formula.kind === 'count';
  const traces = [
    { type: 'bar', name: t('analysis.denominator'), x, y: bars || formula.kind === 'mean' ? of('denominator') : [], marker: { color: colour(root, '--line') }, hovertemplate: `%{y:,}<extra>${t('analysis.denominator')}</extra>` },
    { type: 'bar', name: t('analysis.numerator'), x, y: bars || whole ? of('numerator') : [], marker: { color: accent, opacity: 0.45 }, hovertemplate: `%{y:,}<extra>${t('analysis.numerator')}</extra>` },
    { type: 'scatter', mode: 'lines+markers', name: label, x, y: whole ? [] : of('value'), yaxis: 'y2', connectgaps: false, line: { color: accent, width: 2.4 }, marker: { size: 7, color: colour(root, '--panel'), line: { color: accent, width: 2 } }, hovertemplate: `%{y} ${unit}<extra>${label}</extra>` },
  ];
  const values = of('value').filter(value => value !== null), least = values.length ? Math.min(...values, formula.target ?? Infinity) : 0, most = values.length ? Math.max(...values, formula.target ?? -Infinity) : 1;
  const room = Math.max((most - least) * 0.15, 1), five = (value, way) => Math[way](value / 5) * 5;
  const second = bars ? [Math.max(0, five(least - room, 'floor')), Math.min(101, five(most + room, 'ceil'))] : [0, most + room];
  const font = { ...node.layout.font, color: ink, size: 12 }, axis = { tickfont: font, linecolor: grid };
  const layout = {
    ...node.layout, width: undefined, height: undefined, autosize: true, font, xaxis: { ...node.layout.xaxis, ...axis, type: 'category', autorange: true, showticklabels: false, automargin: false }, yaxis: { ...node.layout.yaxis, ...axis, autorange: true, gridcolor: grid },
    yaxis2: { ...node.layout.yaxis2, ...axis, visible: !whole, tickmode: 'auto', ticksuffix: formula.kind === 'rate' ? '%' : '', autorange: false, range: second }, hoverlabel: { bgcolor: colour(root, '--panel-2'), font: { color: colour(root, '--ink') } },
    shapes: formula.target === null || whole ? [] : [{ type: 'line', xref: 'paper', x0: 0, x1: 1, yref: 'y2', y0: formula.target, y1: formula.target, line: { color: colour(root, '--good'), width: 1.4, dash: 'dash' } }],
    annotations: formula.target === null || whole ? [] : [{ xref: 'paper', x: 0, xanchor: 'left', yref: 'y2', y: formula.target, yanchor: 'bottom', showarrow: false, text: t('analysis.target', { value: `${number(formula.target)}${unit}` }), font: { size: 11, color: colour(root, '--good') } }],
  };
  await window.Plotly.react(node, traces, layout);
  const drawn = node._fullLayout._size;
  below.style.setProperty('padding', `0 ${drawn.r}px 0 ${drawn.l}px`);
}
