/** `npm run replay`. */
import { run } from './run.mjs';

await run('main.ts', process.argv.slice(2));
