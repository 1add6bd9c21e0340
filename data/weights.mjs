/**
 * Counts again: `npm run data:weights [-- --bench DIR]`. First what likenesses of names weigh, then, with them, how often
 * each signal occurs in attacks and in honest releases. `--names` stops after the first.
 */
import { root } from '../test/bench/load.mjs';
import { run } from '../test/replay/run.mjs';
import { learn } from './name-weights.mjs';

const words = process.argv.slice(2);
const at = words.indexOf('--bench');
const learnt = await learn(at < 0 ? `${root}/../shared/bench` : words[at + 1]);
if (learnt && !words.includes('--names')) await run('weigh.ts', words);
