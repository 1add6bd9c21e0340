/** Signs of hiding that the release before did not have. Pure. */
import type { ContentFile, Hiding } from '../model/contents.ts';

/** What is looked at of a release. */
export interface HiddenIn {
  readonly hiding: readonly Hiding[];
  readonly files: readonly Pick<ContentFile, 'path'>[];
}

/** The signs that are new; of a first release all but what is only style. */
export function newHiding({ hiding }: Pick<HiddenIn, 'hiding'>, before: HiddenIn | undefined): readonly Hiding[] {
  const minified = hiding.filter((sign) => sign.kind === 'minified' && before && wasPlain(sign.file, before));
  const others = hiding.filter((sign) => sign.kind !== 'minified' && sign.kind !== 'encoded-blob' && !wasThere(sign, before));
  const blobs = hiding.filter(
    (sign) => sign.kind === 'encoded-blob' && before !== undefined && !before.hiding.some((old) => old.kind === 'encoded-blob'),
  );
  return theStrongest([...others, ...blobs, ...minified]);
}

const most = 60;

/** In their order, where they are few. */
function theStrongest(signs: readonly Hiding[]): readonly Hiding[] {
  return signs.length <= most ? signs : [...signs].sort((a, b) => b.strength - a.strength).slice(0, most);
}

/** The same sort of hiding, in as much strength, was in the release before. */
function wasThere(sign: Hiding, before: HiddenIn | undefined): boolean {
  return (
    before?.hiding.some(
      (old) =>
        old.kind === sign.kind &&
        old.strength >= sign.strength - 0.05 &&
        (old.file === sign.file || old.detail === sign.detail || sign.kind === 'computed-name'),
    ) ?? false
  );
}

function wasPlain(file: string, before: HiddenIn): boolean {
  return before.files.some((old) => old.path === file) && !before.hiding.some((old) => old.kind === 'minified' && old.file === file);
}
