/** What is kept of a request once it was answered: the counters, its line in the log; and what its client is told when it failed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printable } from '../model/text.ts';
import { type Instant, isoOf } from '../model/time.ts';
import type { Outcome } from './answers.ts';
import type { AuditEvent, AuditLog } from './audit.ts';
import { headerText } from './explain.ts';
import type { Metrics } from './metrics.ts';
import { sendError } from './respond.ts';
import { troubleIn, UpstreamTrouble } from './trouble.ts';

export interface NotingOptions {
  readonly metrics: Metrics;
  readonly audit: AuditLog | undefined;
  /** Digest of policy and rules. */
  readonly policy: string;
  readonly now: () => Instant;
}

export interface Noting {
  /** Notes an outcome; `started` is on the monotonic clock. */
  settled(outcome: Outcome, started: number, request: IncomingMessage, response: ServerResponse): void;
  /** Answers what failed; half an answer is cut off. */
  failed(error: unknown, request: IncomingMessage, response: ServerResponse): Outcome;
}

/** Opens the notes. */
export function openNoting({ metrics, audit, policy, now }: NotingOptions): Noting {
  return {
    settled(outcome, started, request, response) {
      metrics.answered({
        asked: outcome.asked,
        verdict: outcome.verdict,
        status: response.statusCode,
        withheld: outcome.verdict === 'filtered' ? (outcome.withheld?.length ?? 0) : 0,
        seconds: (performance.now() - started) / 1000,
      });
      if (outcome.asked !== 'own') audit?.write(eventOf(outcome, request, response, policy, now()));
    },
    failed(error, request, response) {
      const trouble = troubleIn(error) ?? new UpstreamTrouble(500, 'something went wrong in the proxy, so nothing was served');
      metrics.trouble(trouble.status);
      if (response.headersSent) response.destroy();
      else
        sendError(response, trouble.status, trouble.message, {
          ...(trouble.retryAfter && { headers: { 'retry-after': headerText(trouble.retryAfter, 40) } }),
        });
      const reason = trouble.status === 500 && error instanceof Error ? `${trouble.message}: ${printable(error.message)}` : trouble.message;
      return { asked: 'failed', subject: printable(request.url ?? '', 200), verdict: trouble.status === 404 ? 'refused' : 'failed', reason };
    },
  };
}

function eventOf(outcome: Outcome, request: IncomingMessage, response: ServerResponse, policy: string, at: Instant): AuditEvent {
  return {
    at: isoOf(at),
    client: request.socket.remoteAddress ?? '',
    agent: printable(request.headers['user-agent'] ?? '', 120),
    asked: outcome.asked,
    subject: outcome.subject,
    status: response.statusCode,
    verdict: outcome.verdict,
    rules: outcome.rules ?? [],
    ...(outcome.withheld && outcome.withheld.length > 0 && { withheld: outcome.withheld }),
    ...(outcome.reason && { reason: outcome.reason }),
    policy,
  };
}
