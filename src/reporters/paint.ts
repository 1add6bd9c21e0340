/** Columns and colours of a terminal. */

export interface Paint {
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Colours, or the same text without. */
export function paintWith(colour: boolean): Paint {
  const style = (open: number, close: number) => (text: string) => (colour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  return { red: style(31, 39), yellow: style(33, 39), green: style(32, 39), bold: style(1, 22), dim: style(2, 22) };
}

/** Lines of at most `width` columns where words allow it; the first line leaves `taken` columns free. */
export function wrap(text: string, width: number, taken = 0): string[] {
  const lines: string[] = [];
  let line = '';
  let free = width - taken;
  for (const word of text.split(' ')) {
    const needed = columnsOf(word) + (line === '' ? 0 : 1);
    if (needed > free && line !== '') {
      lines.push(line);
      line = word;
      free = width - columnsOf(word);
    } else {
      line = line === '' ? word : `${line} ${word}`;
      free -= needed;
    }
  }
  return [...lines, line];
}

/** Columns a terminal uses for a text: East Asian wide characters and emoji take two, combining marks none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character.codePointAt(0) ?? 0);
  return columns;
}

const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function widthOf(code: number): number {
  if (code < 0x300) return 1;
  if (code <= 0x36f || (code >= 0x20d0 && code <= 0x20ff)) return 0;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
