// Lines over time, as SVG: the whole of what the overview needs.
import {html, nothing, svg} from './lit/lit-html.js';
import {clock} from './format.js';

const W = 600;
const H = 120;

/** The next of 1, 2, 5 times a power of ten. */
function nice(x) {
  if (!(x > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].find((step) => step * power >= x * 1.02) * power;
}

/**
 * @param points rows with `time` in ms
 * @param series {label, value(row), print(value), tone} each
 * @param span {from, to} in ms: what is not measured yet stays empty
 */
export function chart({title, points, series, span, state, redraw}) {
  const values = (s) => points.map((p) => s.value(p)).filter(Number.isFinite);
  const top = nice(Math.max(0, ...series.flatMap(values)));
  const x = (t) => ((t - span.from) / (span.to - span.from)) * W;
  const y = (v) => H - (v / top) * H;
  const at = state.at === undefined ? undefined : points[state.at];
  const shown = at ?? points.at(-1);
  const move = (e) => {
    const box = e.currentTarget.getBoundingClientRect();
    const t = span.from + ((e.clientX - box.left) / box.width) * (span.to - span.from);
    state.at = points.reduce((best, p, i) => (Math.abs(p.time - t) < Math.abs(points[best].time - t) ? i : best), 0);
    redraw();
  };
  const leave = () => {
    state.at = undefined;
    redraw();
  };
  const print = series[0].print;
  return html`<figure class="chart">
    <figcaption><h2>${title}</h2>
      <ul class="legend">${series.map((s) => html`<li class=${s.tone}><i aria-hidden="true"></i>${s.label} <b>${shown && Number.isFinite(s.value(shown)) ? s.print(s.value(shown)) : '–'}</b></li>`)}</ul>
    </figcaption>
    <div class="plot" @pointermove=${points.length ? move : nothing} @pointerleave=${leave}>
      <svg viewBox="0 0 ${W} ${H}" preserveAspectRatio="none" role="img" aria-label="${title}: ${series.map((s) => `${s.label}, latest ${points.length ? s.print(s.value(points.at(-1))) : 'none'}, highest ${s.print(Math.max(0, ...values(s)))}`).join('; ')}">
        ${[0, 0.5, 1].map((g) => svg`<line class="grid" x1="0" x2=${W} y1=${H * g} y2=${H * g}/>`)}
        ${series.map((s) => lines(s, points, x, y))}
        ${at ? svg`<line class="at" x1=${x(at.time)} x2=${x(at.time)} y1="0" y2=${H}/>` : nothing}
      </svg>
      <span class="y top">${print(top)}</span><span class="y mid">${print(top / 2)}</span>
      <span class="x from">${clock(span.from, {isShort: true})}</span>
      <span class="x to">${at ? clock(at.time, {isShort: true}) : 'now'}</span>
    </div>
  </figure>`;
}

/** Where nothing was measured, the line is broken. */
function lines(series, points, x, y) {
  const runs = [[]];
  for (const p of points) {
    const v = series.value(p);
    if (Number.isFinite(v)) runs.at(-1).push(`${x(p.time).toFixed(1)} ${y(v).toFixed(1)}`);
    else if (runs.at(-1).length) runs.push([]);
  }
  return runs
    .filter((run) => run.length)
    .map((run) => {
      const line = run.length > 1 ? 'M' + run.join('L') : `M${run[0]}l2 0`;
      const [from, to] = [run[0], run.at(-1)].map((p) => p.split(' ')[0]);
      return svg`<g class=${series.tone}>${series.isArea ? svg`<path class="area" d="${line}L${to} ${H}L${from} ${H}Z"/>` : nothing}<path class="line" d=${line}/></g>`;
    });
}
