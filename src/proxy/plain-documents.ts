/**
 * Documents asked for over connections of our own: of a first request for a package node's client would be a good part. Whatever is
 * rare or could be read in two ways is left to that client.
 */
import type { Agent } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Doubt, type HttpAnswer } from '../registry/http-answer.ts';
import { type Lines, plainGet } from '../registry/plain-get.ts';
import { isReset, troubleOf, UpstreamTrouble } from './trouble.ts';
import type { Limits } from './upstream-limits.ts';
import type { Target } from './upstream-target.ts';

export interface PlainQuestion {
  readonly to: Target;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  /** On the monotonic clock: the whole answer has to be there by then. */
  readonly until: number;
}

export interface PlainDocuments {
  /** The answer; undefined where node's client has to be asked. */
  ask(question: PlainQuestion): Promise<HttpAnswer | undefined>;
  close(): void;
}

/** More than this at once wait in the queue of node's client. */
const mostAtOnce = 32;
/** Registries do not say for how long they keep a connection; one that was closed is noticed. */
const keptSeconds = 60;
/** After so many doubts in a row about one registry every question would be asked twice: for a while none is asked here. */
const mostDoubts = 3;
const doubtedFor = 60_000;

/** Opens the connections. */
export function openPlainDocuments(limits: Limits): PlainDocuments {
  const lines = new Map<Agent, Lines>();
  const doubts = new Map<string, { readonly count: number; readonly at: number }>();
  const asking = new Set<Patience>();

  async function ask({ to, agent, headers, until }: PlainQuestion): Promise<HttpAnswer | undefined> {
    const host = `${to.hostname.includes(':') ? `[${to.hostname}]` : to.hostname}${to.port && `:${to.port}`}`;
    const line = `${to.protocol}//${host}`;
    if (asking.size >= mostAtOnce || isDoubted(line)) return undefined;
    const patience = openPatience(limits, until);
    asking.add(patience);
    try {
      const answer = await plainGet(linesOf(agent), {
        line,
        path: to.path,
        headers: { host, ...headers },
        limit: limits.documentBytes,
        keptSeconds,
        clock: patience,
        onPart: patience.onPart,
        connect: () => patience.connecting(connect(to, agent)),
      });
      if (answer === undefined) throw new UpstreamTrouble(502, `the registry's answer is larger than ${limits.documentBytes} bytes`);
      doubts.delete(line);
      return answer;
    } catch (error) {
      if (patience.ended) throw patience.ended;
      // Nothing was answered, so it may be asked again.
      if (isReset(error) && !patience.begun) return undefined;
      if (!(error instanceof Doubt)) throw troubleOf(error);
      doubts.set(line, { count: (doubts.get(line)?.count ?? 0) + 1, at: performance.now() });
      return undefined;
    } finally {
      asking.delete(patience);
      patience.done();
    }
  }

  function isDoubted(line: string): boolean {
    const doubt = doubts.get(line);
    return doubt !== undefined && doubt.count >= mostDoubts && performance.now() - doubt.at < doubtedFor;
  }

  function linesOf(agent: Agent): Lines {
    const known = lines.get(agent) ?? new Map();
    lines.set(agent, known);
    return known;
  }

  return {
    ask,
    close() {
      for (const patience of asking) patience.end(new UpstreamTrouble(503, 'the proxy stops'));
      for (const line of [...lines.values()].flatMap((known) => [...known.values()].flat())) line.end();
    },
  };
}

function connect({ protocol, hostname, port }: Target, agent: Agent): Socket {
  const secure = protocol === 'https:';
  return agent.createConnection({
    ...('options' in agent && typeof agent.options === 'object' ? agent.options : {}),
    host: hostname,
    port: Number(port) || (secure ? 443 : 80),
    ...(secure && { servername: isIP(hostname) ? '' : hostname, ALPNProtocols: ['http/1.1'] }),
  }) as Socket;
}

type Patience = ReturnType<typeof openPatience>;

/** The limits on one answer: until it is connected, until it begins, between its pieces, on the whole. */
function openPatience(limits: Limits, until: number) {
  const calls: (() => void)[] = [];
  const timers: NodeJS.Timeout[] = [];
  const left = until - performance.now();
  let idle: NodeJS.Timeout | undefined;
  let ended: UpstreamTrouble | undefined;
  let begun = false;

  function timer(ms: number, reason: string): NodeJS.Timeout {
    const made = setTimeout(() => end(new UpstreamTrouble(504, reason)), ms);
    timers.push(made);
    return made;
  }

  function end(trouble: UpstreamTrouble): void {
    ended ??= trouble;
    for (const call of calls) call();
  }

  const answering = timer(Math.min(limits.answerMs, left), 'the registry does not answer');
  return {
    end,
    onStop: (call: () => void) => void calls.push(call),
    onPart(headRead: boolean) {
      begun = true;
      if (idle) idle.refresh();
      else if (headRead) {
        clearTimeout(answering);
        idle = timer(limits.idleMs, 'the registry stopped in the middle of its answer');
        timer(until - performance.now(), 'the registry takes too long');
      }
    },
    connecting(socket: Socket): Socket {
      const waiting = timer(limits.connectMs, 'the registry cannot be reached');
      const connected = () => clearTimeout(waiting);
      return socket.once('connect', connected).once('close', connected);
    },
    done: () => timers.forEach(clearTimeout),
    get ended() {
      return ended;
    },
    get begun() {
      return begun;
    },
  };
}
