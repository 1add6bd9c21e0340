/** Several rules read the same files: what was parsed from a text is kept for the next of them. */

// The texts are held by whoever asks; a large repository has thousands of manifests, and each rule comes by all of them.
const most = 20_000;

interface Held<T> {
  readonly text: string;
  readonly answer: T;
}

/** The same function, remembering its answers by its text arguments: two for each path, as before and after a change; the oldest are forgotten. */
export function remembered<T>(read: (path: string, text: string) => T): (path: string, text: string) => T {
  const known = new Map<string, readonly [Held<T>, Held<T>?]>();
  return (path, text) => {
    const held = known.get(path);
    if (held?.[0].text === text) return held[0].answer;
    if (held?.[1]?.text === text) return held[1].answer;
    const answer = read(path, text);
    known.delete(path);
    known.set(path, held ? [{ text, answer }, held[0]] : [{ text, answer }]);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return answer;
  };
}
