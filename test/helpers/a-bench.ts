/** A judge that withholds what it is told, without rules. */
import type { Bench, Judgement } from '../../src/proxy/verdict.ts';

export interface BenchTale extends Bench {
  /** `name@version` → when it becomes allowed (never, when undefined). */
  readonly withheld: Map<string, number | undefined>;
  /** Versions judged, in order. */
  readonly asked: string[];
}

/** Opens such a judge. */
export function aBench(...withheld: readonly string[]): BenchTale {
  const asked: string[] = [];
  const map = new Map<string, number | undefined>(withheld.map((subject) => [subject, undefined]));
  return {
    withheld: map,
    asked,
    digest: 'test',
    suspicious: 30 * 86_400_000,
    names: () => false,
    expect: () => {},
    async judge({ packument, versions, now }) {
      return new Map(
        versions.map((version): [string, Judgement] => {
          const subject = `${packument.name}@${version}`;
          asked.push(subject);
          const allowedFrom = map.get(subject);
          if (!map.has(subject) || (allowedFrom !== undefined && allowedFrom <= now))
            return [version, { version, action: 'allow', because: [], complete: true }];
          const because = [{ ruleId: 'bad', action: 'block' as const, message: 'it is bad' }];
          return [version, { version, action: 'block', because, complete: true, ...(allowedFrom !== undefined && { allowedFrom }) }];
        }),
      );
    },
  };
}
