/** Letters of other scripts that look like Latin ones (after Unicode TR39, the part that can be typed as a word). */

// Pairs: what it looks like, then all that looks like it.
const lookalikes = [
  ['a', 'аɑαａ'],
  ['b', 'Ьƅｂ'],
  ['c', 'сϲᴄｃ'],
  ['d', 'ԁժｄ'],
  ['e', 'еҽєｅ'],
  ['f', 'ғｆ'],
  ['g', 'ɡցｇ'],
  ['h', 'һհｈ'],
  ['i', 'іıɩιｉ'],
  ['j', 'јϳｊ'],
  ['k', 'κкｋ'],
  ['l', 'ӏⅼǀｌ'],
  ['m', 'мⅿｍ'],
  ['n', 'ոռｎ'],
  ['o', 'оοօσｏ'],
  ['p', 'рρｐ'],
  ['q', 'ԛգｑ'],
  ['r', 'гᴦｒ'],
  ['s', 'ѕꜱｓ'],
  ['t', 'тτｔ'],
  ['u', 'υսʋｕ'],
  ['v', 'νѵｖ'],
  ['w', 'ԝѡωｗ'],
  ['x', 'хχ×ｘ'],
  ['y', 'уүγｙ'],
  ['z', 'ᴢｚ'],
] as const;

const latinOf = new Map(lookalikes.flatMap(([latin, others]) => [...others].map((other): [string, string] => [other, latin])));

/** The name with lookalikes of Latin letters replaced by them, accents dropped; anything else stays as it is. */
export function plainText(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  return [...name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '')]
    .map((letter) => latinOf.get(letter) ?? latinOf.get(letter.toLowerCase()) ?? letter)
    .join('');
}
