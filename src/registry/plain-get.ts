/** GET over connections of our own, the whole answer at once: a fraction of the work of node's client, which is asked on any doubt. */
import type { Socket } from 'node:net';
import { pauseUntil } from './body.ts';
import { type Clock, clockMs } from './deadline.ts';
import { Doubt, HttpAnswer } from './http-answer.ts';
import type { Wait } from './large-bodies.ts';

export interface PlainRequest {
  /** Host and certificates: what must be the same for a connection to be used again. */
  readonly line: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest body that is wanted. */
  readonly limit: number;
  readonly clock: Pick<Clock, 'onStop'>;
  readonly connect: () => Socket;
  /** For how many seconds a connection is kept whose other side does not say so. */
  readonly keptSeconds?: number;
  /** Told when a part of an answer has come and more is to come; `begun` once its head was read. */
  readonly onPart?: ((begun: boolean) => void) | undefined;
  /** Says what to wait for before more of the body is taken. */
  readonly wait?: Wait | undefined;
}

/** The lines that are free, by what they lead to. */
export type Lines = Map<string, Line[]>;

/** The answer, or undefined when its body is larger than wanted. Fails with `Doubt` where another way of asking may do better. */
export async function plainGet(lines: Lines, request: PlainRequest): Promise<HttpAnswer | undefined> {
  const { line, path, headers, limit, clock, connect } = request;
  const fields = Object.entries(headers);
  // A header that could be read as more than one is not ours to send.
  if (!/^\/[!-~]*$/.test(path) || fields.some(([name, value]) => !/^[a-z-]+$/.test(name) || !/^[ -~]*$/.test(value))) throw new Doubt();
  const question = `GET ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}connection: keep-alive\r\n\r\n`;
  const free = lines.get(line) ?? [];
  lines.set(line, free);
  const used = freeLine(free) ?? new Line(connect());
  clock.onStop(() => used.end());
  const answer = await used.ask(question, limit, request);
  if (used.keptUntil > clockMs()) free.push(used);
  return answer;
}

function freeLine(free: Line[]): Line | undefined {
  for (let line = free.pop(); line; line = free.pop()) {
    if (line.isOpen() && line.keptUntil > clockMs()) return line;
    line.end();
  }
  return undefined;
}

/** Longest body of an error that is read to its end, so that the connection can be used again. */
const mostDiscarded = 65_536;

type LineWish = Pick<PlainRequest, 'keptSeconds' | 'onPart' | 'wait'>;

/** One connection: a question, its answer, the next question. */
export class Line {
  keptUntil = 0;
  private readonly socket: Socket;
  private answer: HttpAnswer | undefined;
  private limit = 0;
  private wish: LineWish = {};
  private used = false;
  private settle: { resolve: (answer: HttpAnswer | undefined) => void; reject: (error: unknown) => void } | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(Object.assign(new Error('closed early'), { code: 'ECONNRESET' })));
    socket.on('end', () => socket.destroy());
  }

  isOpen(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  end(): void {
    this.socket.destroy();
  }

  ask(question: string, limit: number, wish: LineWish = {}): Promise<HttpAnswer | undefined> {
    this.answer = new HttpAnswer();
    this.limit = limit;
    this.wish = wish;
    this.socket.ref();
    this.socket.write(question, 'latin1');
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  private take(bytes: Buffer): void {
    const { answer, settle } = this;
    // Nobody asked: whatever this is, it must not become the answer to the next question.
    if (!answer || !settle) {
      this.end();
      return;
    }
    try {
      const complete = answer.push(bytes);
      if (answer.expected > (answer.status === 200 ? this.limit : mostDiscarded)) this.cut(answer);
      else if (complete) this.done(answer);
      else {
        this.wish.onPart?.(answer.status !== 0);
        this.holdBack(answer.length);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Takes no more of the body before there is room for it. */
  private holdBack(length: number): void {
    const room = this.wish.wait?.(length);
    if (room) pauseUntil(this.socket, room);
  }

  /** Longer than anybody wants. */
  private cut(answer: HttpAnswer): void {
    const { settle } = this;
    this.settle = undefined;
    this.end();
    settle?.resolve(answer.status === 200 ? undefined : answer);
  }

  private done(answer: HttpAnswer): void {
    const { settle } = this;
    this.settle = undefined;
    this.answer = undefined;
    this.used = true;
    this.keptUntil = clockMs() + answer.keptSeconds(this.wish.keptSeconds) * 1_000;
    if (this.keptUntil <= clockMs()) this.end();
    // A connection that waits must not hold the process.
    else this.socket.unref();
    settle?.resolve(answer);
  }

  private fail(error: unknown): void {
    const { settle, answer } = this;
    this.settle = undefined;
    this.answer = undefined;
    this.keptUntil = 0;
    this.end();
    // The other side may close a connection just when it is used once more: that says nothing of the registry.
    settle?.reject(this.used && answer?.untouched ? new Doubt() : error);
  }
}
