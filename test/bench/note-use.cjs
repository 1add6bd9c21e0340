/** Required by a process that is measured: what it used, as it saw itself at its end. An `--import` would load what the process itself may do without. */
process.on('exit', () => require('node:fs').writeFileSync(process.env.BENCH_USED, JSON.stringify(process.resourceUsage())));
