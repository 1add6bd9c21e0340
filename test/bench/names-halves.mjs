/** The plain index to compare with: raw names, two halves, one table; written for nothing but speed. */
const base = 0x01000193;
const powers = new Int32Array(300);
powers[0] = 1;
for (let at = 1; at < 300; at++) powers[at] = Math.imul(powers[at - 1], base);

export function halvesPrototype(names) {
  const blob = Buffer.from(names.join(''), 'latin1');
  const offsets = new Uint32Array(names.length + 1);
  names.forEach((name, at) => {
    offsets[at + 1] = offsets[at] + name.length;
  });
  const mask = 2 ** Math.ceil(Math.log2(2 * names.length)) - 1;
  const keys = new Uint32Array(2 * names.length);
  names.forEach((name, at) => {
    const half = name.length >> 1;
    keys[2 * at] = spread(hash(name.slice(0, half)), 2 * name.length) & mask;
    keys[2 * at + 1] = spread(hash(name.slice(half)), 2 * name.length + 1) & mask;
  });
  const starts = new Uint32Array(mask + 2);
  for (const key of keys) starts[key + 1]++;
  for (let at = 1; at < starts.length; at++) starts[at] += starts[at - 1];
  const next = starts.slice();
  const ids = new Uint32Array(keys.length);
  keys.forEach((key, at) => {
    ids[next[key]++] = at >> 1;
  });

  const query = new Uint8Array(300);
  const prefix = new Int32Array(301);
  let length = 0;
  let count = 0;
  const part = (from, to) => (prefix[to] - Math.imul(prefix[from], powers[to - from])) | 0;
  const run = (key) => {
    for (let at = starts[key]; at < starts[key + 1]; at++) if (close(ids[at])) count++;
  };
  const close = (id) => {
    const from = offsets[id];
    const size = offsets[id + 1] - from;
    let front = 0;
    const shorter = Math.min(length, size);
    while (front < shorter && query[front] === blob[from + front]) front++;
    let back = 0;
    while (back < shorter - front && query[length - 1 - back] === blob[from + size - 1 - back]) back++;
    const [a, b] = [length - front - back, size - front - back];
    if (a <= 1 && b <= 1) return true;
    return a === 2 && b === 2 && query[front] === blob[from + front + 1] && query[front + 1] === blob[from + front];
  };
  return (name) => {
    length = name.length;
    count = 0;
    for (let at = 0; at < length; at++) {
      query[at] = name.charCodeAt(at);
      prefix[at + 1] = (Math.imul(prefix[at], base) + query[at]) | 0;
    }
    for (let size = length - 1; size <= length + 1; size++) {
      const half = size >> 1;
      if (half <= length) run(spread(part(0, half), 2 * size) & mask);
      const rest = size - half;
      if (rest <= length) run(spread(part(length - rest, length), 2 * size + 1) & mask);
    }
    const half = length >> 1;
    if (half > 0) run(spread((Math.imul(prefix[half - 1], base) + query[half]) | 0, 2 * length) & mask);
    return count;
  };
}

function hash(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, base) + text.charCodeAt(at)) | 0;
  return sum;
}

function spread(sum, kind) {
  let mixed = Math.imul(sum ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
