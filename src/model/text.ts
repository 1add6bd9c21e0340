/** Making text of strangers safe to show. */

// C0/C1 controls, zero-width and bidirectional marks, separators, variation selectors, tags, lone surrogates.
const unprintable = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb]',
    '\\u034f',
    '[\\ufe00-\\ufe0f]',
    '[\\ud800-\\udbff](?![\\udc00-\\udfff])',
    '(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
    '\\udb40[\\udc00-\\uddef]',
  ].join('|'),
  'g',
);

// What CI runners take for orders when it stands in a log: `::error …`, `##[error]`, `##vso[…]`, `##teamcity[…]`.
const order = /::(?=[a-z])|##(?=[a-z]*\[)/gi;

/**
 * One line of text that cannot steer a terminal or a CI runner, nor hide characters: anything unprintable becomes `\u{…}`,
 * anything too long is cut.
 */
export function printable(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(unprintable, escaped).replace(order, (found) => escaped(found) + found.slice(1));
}

/** What somebody wrote, in marks, so that an empty word or a blank at its end can be seen. */
export function quoted(text: string, limit = 80): string {
  return `"${printable(text, limit)}"`;
}

function escaped(found: string): string {
  return `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Joins words as a sentence does: `a`, `a and b`, `a, b and c`. */
export function listText(items: readonly string[], most = 6): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
