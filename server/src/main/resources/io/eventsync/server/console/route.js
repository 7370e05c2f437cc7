// Everything that a page shows is in the URL: #/page/name?parameters. A link to it shows the same again.

export function current() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...name] = path.split('/');
  return {page: page || 'overview', name: name.map(decodeURIComponent).join('/'), params: new URLSearchParams(query)};
}

/** The URL of a page. Empty parameters are left out; lists repeat. */
export function to(page, name = '', params = {}) {
  const query = new URLSearchParams();
  const all = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  for (const [key, value] of all) {
    for (const one of [value].flat()) if (one !== '' && one !== null && one !== undefined && one !== false) query.append(key, one);
  }
  const text = query.toString();
  return `#/${page}${name ? '/' + encodeURIComponent(name) : ''}${text ? '?' + text : ''}`;
}

/** Changes some parameters of the page that is open. Going back undoes it, unless it replaces. */
export function change(changes, {replace = false} = {}) {
  const {page, name, params} = current();
  for (const [key, value] of Object.entries(changes)) {
    params.delete(key);
    for (const one of [value].flat()) if (one) params.append(key, one);
  }
  const hash = to(page, name, params);
  if (hash === (location.hash || '#/overview')) return;
  if (replace) {
    history.replaceState(null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = hash;
  }
}
