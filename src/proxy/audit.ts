/** The audit log: one JSON line for each decision. Names no credentials, and a full disk does not stop the proxy. */
import { createWriteStream, type WriteStream } from 'node:fs';
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

/** After trouble the file is opened again, at most this often in milliseconds: disks are emptied while the proxy runs. */
const againAfter = 5_000;

/** Appends to a file. A line cut off by a crash stays alone on its line. */
export function openAuditFile(file: string, complain: (text: string) => void, pause = againAfter): AuditLog {
  let lost = 0;
  let lostBefore: number | undefined;
  let openedAt = 0;
  let stream = opened();

  function opened(): WriteStream {
    openedAt = performance.now();
    const made = createWriteStream(file, { flags: 'a', mode: 0o600 });
    made.on('error', (error) => trouble(error.message));
    // Whatever a killed process or a full disk left unfinished ends here.
    made.write('\n', (error) => {
      if (error || lostBefore === undefined) return;
      complain(`the audit log ${printable(file)} is written again; ${lost - lostBefore} lines are lost`);
      lostBefore = undefined;
    });
    return made;
  }

  function trouble(reason: string): void {
    if (lostBefore === undefined)
      complain(
        `the audit log ${printable(file)} cannot be written: ${printable(reason)}; the proxy decides as before and counts what is lost (depward_audit_lost). Make room, or let it write there`,
      );
    lostBefore ??= lost;
    lost += 1;
  }

  return {
    write(event) {
      if (stream.destroyed && performance.now() - openedAt > pause) stream = opened();
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
