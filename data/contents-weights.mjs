/** Counts again what signals of the contents weigh: `npm run data:contents-weights -- REPORT…`, see test/replay/weigh-contents.ts. */
import { run } from '../test/replay/run.mjs';

await run('weigh-contents.ts', process.argv.slice(2));
