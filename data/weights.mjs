/** Counts again how often each signal occurs in attacks and in honest releases: `npm run data:weights [-- --bench DIR]`. */
import { run } from '../test/replay/run.mjs';

await run('weigh.ts', process.argv.slice(2));
