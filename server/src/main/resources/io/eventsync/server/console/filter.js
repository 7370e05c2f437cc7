// A filter as people type it: ORDER.PAID -ORDER.TEST key=17 region=eu

export function parse(text) {
  const filter = {tagPrefixes: [], excludeTagPrefixes: [], keys: [], attributes: {}};
  for (const part of (text ?? '').trim().split(/\s+/).filter(Boolean)) {
    const equals = part.indexOf('=');
    if (equals > 0) {
      const [name, value] = [part.slice(0, equals), part.slice(equals + 1)];
      if (name === 'key') filter.keys.push(value);
      else filter.attributes[name] = value;
    } else if (part.startsWith('-') && part.length > 1) {
      filter.excludeTagPrefixes.push(part.slice(1));
    } else {
      filter.tagPrefixes.push(part);
    }
  }
  return filter;
}

export function print(filter) {
  return [
    ...(filter?.tagPrefixes ?? []),
    ...(filter?.excludeTagPrefixes ?? []).map((tag) => '-' + tag),
    ...(filter?.keys ?? []).map((key) => 'key=' + key),
    ...Object.entries(filter?.attributes ?? {}).map(([name, value]) => `${name}=${value}`),
  ].join(' ');
}

/** As parameters of a URL. */
export function params(filter) {
  const all = {
    'filter.tag_prefixes': filter.tagPrefixes,
    'filter.exclude_tag_prefixes': filter.excludeTagPrefixes,
    'filter.keys': filter.keys,
  };
  for (const [name, value] of Object.entries(filter.attributes)) all[`filter.attributes[${name}]`] = value;
  return all;
}

const covers = (prefix, tag) => tag === prefix || tag.startsWith(prefix + '.');

/** What the server does, for what is here already. */
export function matches(filter, event) {
  const tags = filter?.tagPrefixes ?? [];
  const keys = filter?.keys ?? [];
  return (
    (!tags.length || tags.some((tag) => covers(tag, event.tag))) &&
    !(filter?.excludeTagPrefixes ?? []).some((tag) => covers(tag, event.tag)) &&
    (!keys.length || keys.includes(event.key)) &&
    Object.entries(filter?.attributes ?? {}).every(([name, value]) => event.attributes?.[name] === value)
  );
}
