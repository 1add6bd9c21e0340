/** The audit log: one JSON line for each decision. Names no credentials, and a full disk does not stop the proxy. */
import { createWriteStream } from 'node:fs';
import { printable } from '../model/text.ts';

/** Who asked for what, and what became of it. */
export interface AuditEvent {
  readonly at: string;
  readonly client: string;
  readonly agent: string;
  readonly asked: string;
  readonly subject: string;
  readonly status: number;
  /** `allow`, `warn`, `withheld`, `observed` (would have been withheld), `filtered`, `passed`, `refused`, `failed`. */
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly withheld?: readonly string[];
  readonly reason?: string;
  readonly policy: string;
}

export interface AuditLog {
  write(event: AuditEvent): void;
  /** Lines that could not be written. */
  readonly lost: number;
  close(): Promise<void>;
}

/** More than this waiting to be written means the disk does not keep up. */
const mostWaiting = 4_000_000;

/** Appends to a file. A line cut off by a crash stays alone on its line. */
export function openAuditFile(file: string, complain: (text: string) => void): AuditLog {
  let lost = 0;
  let complained = false;
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  const trouble = (reason: string) => {
    lost += 1;
    if (!complained) complain(`the audit log ${printable(file)} cannot be written: ${printable(reason)}\n`);
    complained = true;
  };
  stream.on('error', (error) => trouble(error.message));
  // Whatever a killed process left unfinished ends here.
  stream.write('\n');
  return {
    write(event) {
      if (stream.destroyed || stream.writableLength > mostWaiting) return trouble(stream.destroyed ? 'it is closed' : 'the disk does not keep up');
      stream.write(`${JSON.stringify(event)}\n`);
    },
    get lost() {
      return lost;
    },
    close: () => new Promise((resolve) => (stream.destroyed ? resolve() : stream.end(() => resolve()))),
  };
}

/** Hands the lines to a function, for standard output and tests. */
export function auditTo(write: (line: string) => void): AuditLog {
  return { write: (event) => write(`${JSON.stringify(event)}\n`), lost: 0, close: async () => {} };
}
