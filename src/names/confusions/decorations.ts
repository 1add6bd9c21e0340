/** Words that decorate a name without saying what the package does. Chosen by counting: each is rarer in honest names that hold a popular one. */
export const decorations: ReadonlySet<string> = new Set(
  [
    'js node nodejs npm ts es esm cjs lib libs core util utils helper helpers tool tools plus pro kit sdk cli api',
    'lite light mini min dev test tests new next latest stable lts official fork fixed fix patch patched compat legacy',
    'ext extra wrapper module package pkg handler logger browser native web server http fast simple easy better super ultra',
    'safe secure free original real the my runtime beta alpha',
  ].flatMap((line) => line.split(' ')),
);

/** Whether a word only decorates: from the list, or digits, or a version. */
export function isDecoration(word: string): boolean {
  return decorations.has(word) || /^v?\d{1,4}$/.test(word);
}
