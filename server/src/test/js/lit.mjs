// What templates would show, as text.
export const nothing = Symbol('nothing');
export const html = (strings, ...values) => ({strings, values});
export const svg = html;
export const repeat = (items, _, make) => items.map(make);

export function shown(what) {
  if (what === nothing || what === null || what === undefined || what === false || typeof what === 'function') return '';
  if (Array.isArray(what)) return what.map(shown).join('');
  if (what.strings) return what.strings.map((text, i) => text + shown(what.values[i])).join('');
  return String(what);
}
