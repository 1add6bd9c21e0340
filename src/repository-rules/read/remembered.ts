/** Several rules read the same files: what was parsed from a text is kept for the next of them. */

// The texts are held by whoever asks; a large repository has thousands of manifests, and each rule comes by all of them.
const most = 20_000;

/** The same function, remembering its answers by its text arguments; the oldest are forgotten. */
export function remembered<T>(read: (path: string, text: string) => T): (path: string, text: string) => T {
  const known = new Map<string, { readonly text: string; readonly answer: T }>();
  return (path, text) => {
    const held = known.get(path);
    if (held && held.text === text) return held.answer;
    const answer = read(path, text);
    known.delete(path);
    known.set(path, { text, answer });
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return answer;
  };
}
