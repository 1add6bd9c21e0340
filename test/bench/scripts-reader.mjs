/**
 * Reads the scripts it is sent once, with depward or with js-x-ray, and says what that took: in a process of its own, in which
 * nothing is compiled yet. In several threads each takes every n-th script.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { bundle } from './load.mjs';

if (isMainThread) process.on('message', (texts) => measure(texts, process.argv[2], Number(process.argv[3])));
else {
  const { texts, files } = workerData;
  const read = await depward(files);
  parentPort.once('message', () => {
    for (const text of texts) read(text);
    parentPort.postMessage('done');
  });
  parentPort.postMessage('ready');
}

async function measure(texts, side, threads) {
  const files = side === 'depward' ? await Promise.all(['src/code/js/script.ts', 'src/evidence/compile-later.ts'].map(bundle)) : [];
  const start = threads === 1 ? here(texts, side === 'depward' ? await depward(files) : await peer()) : await away(texts, files, threads);
  const from = performance.now();
  const before = process.cpuUsage();
  await start?.();
  const { user, system } = process.cpuUsage(before);
  process.send(start ? { wall: performance.now() - from, cpu: (user + system) / 1000 } : null);
  process.disconnect();
}

function here(texts, read) {
  if (!read) return undefined;
  return () => {
    for (const text of texts) read(text);
  };
}

async function away(texts, files, threads) {
  const workers = Array.from({ length: threads }, (_, part) => {
    const mine = texts.filter((_, at) => at % threads === part);
    return new Worker(new URL(import.meta.url), { workerData: { texts: mine, files } });
  });
  await Promise.all(workers.map((worker) => said(worker)));
  return async () => {
    const all = workers.map((worker) => said(worker));
    for (const worker of workers) worker.postMessage('go');
    await Promise.all(all);
    for (const worker of workers) void worker.terminate();
  };
}

function said(worker) {
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

async function depward(files) {
  const [{ readScript }, { compileLater }] = await Promise.all(files.map((file) => import(file)));
  compileLater();
  return (text) => readScript(text, { module: false, parses: true });
}

async function peer() {
  const place = process.env.BENCH_PEERS === undefined ? '@nodesecure/js-x-ray' : `${process.env.BENCH_PEERS}/@nodesecure/js-x-ray/dist/index.js`;
  const found = await import(place).catch(() => undefined);
  if (!found) return undefined;
  const analyser = new found.AstAnalyser();
  return (text) => {
    try {
      analyser.analyse(text);
    } catch {
      // What it cannot parse costs it nothing.
    }
  };
}
