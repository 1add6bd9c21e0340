/** One GET, answered as a stream of bytes as they came over the wire or as npm's client unpacked them. */
import { collect } from './body.ts';
import type { Get, Reply, Whole } from './get.ts';
import { Doubt } from './http-answer.ts';
import { getPlain, getStraight } from './straight.ts';
import { getThroughNpm, goesByProxy } from './through-npm.ts';

/** Sends it straight where no proxy is in the way (a fraction of the cost), through npm's own client where one is. */
export function get(request: Get): Promise<Reply> {
  return goesByProxy(request.npm) ? getThroughNpm(request) : getStraight(request);
}

/** The whole answer of a registry, its body no longer than `limit`; read by ourselves where it is of the plain form. */
export async function getWhole(request: Get, limit: number): Promise<Whole> {
  if (!goesByProxy(request.npm)) {
    try {
      return await getPlain(request, limit);
    } catch (error) {
      if (!(error instanceof Doubt) || request.clock.stopped) throw error;
    }
  }
  const reply = await get(request);
  return { ...reply, received: reply.status === 200 ? await collect(reply.body, limit, request.wait) : undefined };
}
