// Numbers, times and names for people.

const whole = new Intl.NumberFormat('en');
const pad = (n, width = 2) => String(n).padStart(width, '0');

export const count = (n) => whole.format(Math.round(Number(n) || 0));

/** 1,234 · 12.3k · 4.5M: at most five characters. */
export function short(n) {
  const x = Number(n) || 0;
  const abs = Math.abs(x);
  if (abs >= 1e9) return trim(x / 1e9) + 'G';
  if (abs >= 1e6) return trim(x / 1e6) + 'M';
  if (abs >= 1e4) return trim(x / 1e3) + 'k';
  return abs >= 100 || Number.isInteger(x) ? count(x) : trim(x);
}

const trim = (x) => String(Number(x.toPrecision(3)));

export function bytes(n) {
  let x = Number(n) || 0;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (x >= 1000 && unit < units.length - 1) {
    x /= 1024;
    unit++;
  }
  return `${unit ? trim(x) : x} ${units[unit]}`;
}

/** Of `1.5s`, as the API says durations; NaN without one. */
export const seconds = (text) => (text ? parseFloat(text) : NaN);

export function duration(s) {
  if (!Number.isFinite(s)) return '–';
  if (s < 0.0095) return `${Number((s * 1000).toFixed(1))} ms`;
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 60) return `${s < 10 ? Number(s.toFixed(1)) : Math.round(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${pad(Math.floor(s % 60))} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** 16:41:21.123, with the day in front if it is not today. */
export function clock(iso, {isShort = false} = {}) {
  if (!iso) return '–';
  const t = new Date(iso);
  const time = `${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}`;
  const day = t.toDateString() === new Date().toDateString() ? '' : `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())} `;
  return day + time + (isShort ? '' : '.' + pad(t.getMilliseconds(), 3));
}

export function ago(iso) {
  if (!iso) return 'never';
  const s = (Date.now() - new Date(iso)) / 1000;
  if (Math.abs(s) < 1.5) return 'now';
  return s < 0 ? `in ${coarse(-s)}` : `${coarse(s)} ago`;
}

function coarse(s) {
  if (s < 100) return `${Math.round(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} m`;
  return s < 130_000 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`;
}

/** `DELIVERY_STATE_RETRYING` becomes `retrying`. */
export const word = (name, prefix) => (name ?? '').replace(prefix, '').toLowerCase().replaceAll('_', ' ');

/** Text of base64, as far as it is text. */
export function text(base64) {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64 ?? ''), (c) => c.charCodeAt(0)));
  } catch {
    return '';
  }
}

export function hex(base64) {
  const all = Uint8Array.from(atob(base64 ?? ''), (c) => c.charCodeAt(0));
  const lines = [];
  for (let i = 0; i < Math.min(all.length, 4096); i += 16) {
    const row = [...all.subarray(i, i + 16)];
    const digits = row.map((b) => b.toString(16).padStart(2, '0')).join(' ').padEnd(47);
    lines.push(`${i.toString(16).padStart(6, '0')}  ${digits}  ${row.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : '.')).join('')}`);
  }
  if (all.length > 4096) lines.push(`… ${count(all.length - 4096)} more bytes`);
  return lines.join('\n');
}

export function quantile(sorted, q) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : NaN;
}
