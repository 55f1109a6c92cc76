import type { Clock } from '#core/kit/world.ts';
import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { Transport, TransportLimits, TransportResult } from '#core/provider/ports.ts';
import { tellBody } from '../engine/telling.ts';
import type { Post } from '../provider/wire.ts';
import type { World } from '../world.ts';
import { type Process, whenAlive } from './process.ts';

const CONNECT_MS_MAX = 20;
const TRAVEL_MS_MAX = 60;
/** With the lag of inquiries, less than what the account allows a request to be on its way unseen (`propagationMs`). */
const TAIL_MS_MAX = 1200;
const MINUTE_MS = 60_000;
const LATE_MS_MAX = 6 * 60 * MINUTE_MS;
const TWICE_MS_MAX = 500;
/** After the provider has forgotten the key of a request. */
const REPLAYED_AFTER_MS = 25 * 60 * MINUTE_MS;
const UNREACHABLE = 'http://127.0.0.1:1';

/**
 * The network between a process and the providers, as the real transport presents it: one exchange, once. It checks `sendBefore` just before the first
 * byte leaves, and gives up at the deadline; what has left arrives, whatever becomes of the process.
 */
export function createSimulatedTransport(world: World, process: Process, clock: Clock): Transport {
  const { faults, chance, scheduler } = world;

  return (request, limits) => {
    const about = world.aboutOf(request);
    const dice = chance.of('network', about);
    return new Promise((resolve) => {
      const say = (result: TransportResult) => {
        if (!process.alive) return;
        world.trace.say(process.name, `<- ${printResult(result)} (${about})`, () => tellResult(result, about));
        resolve(result);
      };
      const connectMs =
        dice.between(0, CONNECT_MS_MAX) + (faults.happens('provider_slow', about) ? dice.between(0, TAIL_MS_MAX) : 0);
      if (faults.happens('freeze', about)) world.freeze(process, dice.between(100, 20_000));
      whenAlive(world, process, {
        ms: Math.min(connectMs, limits.connectMs),
        work: () => {
          if (request.url.startsWith(UNREACHABLE) || faults.happens('refused', about) || connectMs > limits.connectMs)
            return say({ kind: 'not_sent', reason: 'connection refused' });
          if (clock.monotonic() >= limits.sendBefore)
            return say({ kind: 'not_sent', reason: 'sendBefore had passed when the connection stood' });
          if (faults.happens('crash', about) && dice.next() < 0.5)
            return world.kill(process, `before ${request.method} ${about}`);
          leave(request, limits, { about, say });
        },
      });
    });
  };

  type Exchange = { about: string; say: (result: TransportResult) => void };

  /** The first byte leaves. */
  function leave(request: ProviderRequest, limits: TransportLimits, { about, say }: Exchange): void {
    const dice = chance.of('network', about);
    world.trace.say(process.name, `-> ${request.method} ${request.url} (${about})`, () =>
      tellRequest(request, about, world.provider.read(request)),
    );
    world.watch.leaves(request, process);
    const slow = faults.happens('provider_slow', about) ? dice.between(0, TAIL_MS_MAX) : 0;
    let isOver = false;
    const over = (result: TransportResult) => {
      if (isOver) return;
      isOver = true;
      say(result);
    };
    const leftMs = Math.max(0, limits.deadline - clock.monotonic());
    whenAlive(world, process, {
      ms: leftMs,
      work: () => over({ kind: 'unanswered', reason: 'no answer before the deadline' }),
    });
    const arrive = (ms: number, late: boolean, reply: (response: ProviderResponse | null) => void) =>
      scheduler.after(ms, () => reply(world.provider.handle(request, { about, late })));
    if (faults.happens('crash', about)) world.kill(process, `after ${request.method} ${about}`);
    if (faults.happens('request_twice', about)) arrive(dice.between(0, TWICE_MS_MAX), false, () => {});
    if (request.method === 'POST' && faults.happens('request_replayed', about))
      arrive(REPLAYED_AFTER_MS, true, () => {});
    if (faults.happens('request_lost', about)) return;
    const isLate = request.method === 'POST' && faults.happens('request_late', about);
    const travelMs = isLate ? dice.between(MINUTE_MS, LATE_MS_MAX) : dice.between(1, TRAVEL_MS_MAX) + slow;
    arrive(travelMs, isLate, (response) => comeBack(response, { about, say: over }));
  }

  function comeBack(response: ProviderResponse | null, { about, say }: Exchange): void {
    const dice = chance.of('network', about);
    if (response === null || faults.happens('reply_lost', about)) return;
    const lateMs = faults.happens('reply_late', about) ? dice.between(500, TAIL_MS_MAX) : 0;
    const received = faults.happens('reply_garbled', about) ? garble(response, dice.next()) : response;
    whenAlive(world, process, {
      ms: dice.between(1, TRAVEL_MS_MAX) + lateMs,
      work: () => {
        if (faults.happens('crash', about)) return world.kill(process, `before it has read the reply (${about})`);
        say({ kind: 'response', response: received });
      },
    });
  }
}

function garble(response: ProviderResponse, die: number): ProviderResponse {
  if (die < 0.5) return { ...response, status: 200, body: '<html><body>A proxy is tired</body></html>' };
  return { ...response, body: response.body.slice(0, Math.floor(response.body.length * (die - 0.5))) };
}

function printResult(result: TransportResult): string {
  return result.kind === 'response'
    ? `${result.response.status} ${result.response.body.slice(0, 120)}`
    : `${result.kind}: ${result.reason}`;
}

function tellResult(result: TransportResult, about: string): string {
  if (result.kind === 'not_sent') return `nothing of ${about} has left: ${result.reason}`;
  if (result.kind === 'unanswered') return `gives up waiting for ${about}: ${result.reason}`;
  return `hears about ${about}: ${result.response.status}, ${tellBody(result.response.body)}`;
}

function tellRequest({ method, url }: ProviderRequest, about: string, post: Post | null): string {
  const [, account = '', path = ''] = /^https?:\/\/([^/.]+)[^/]*(\/[^?]*)/.exec(url) ?? [];
  if (method === 'GET') return `asks ${account} what became of ${about}`;
  const { amount, currency, token } = post?.body ?? {};
  const money = amount === undefined ? '' : ` ${String(amount)} ${String(currency ?? '')}`.trimEnd();
  return `-> ${account}: POST ${path}${money}${token === undefined ? '' : ` ${String(token)}`} (${about})`;
}
