import type { Exchange } from '#core/provider/ports.ts';
import { time } from './showPayment.ts';

type Message = { headers: Record<string, string>; body: string | null };
type Request = Message & { method: string; url: string };
type Response = Message & { status: number; body: string };

const MASK = '***';
/** A key of ours that only its provider may know, and where the provider is reached. */
const HIDDEN_HEADERS = /idempotency|^(?:host|location|content-location)$/i;

/** What was said to a provider and what it answered, as kept (scrubbed), without what is between us and the provider alone. */
export function showExchange({ operation, at, durationMs, request, response }: Exchange) {
  const { url, ...asked } = JSON.parse(request) as Request;
  return {
    object: 'exchange' as const,
    operation,
    at: time(at),
    duration_ms: durationMs,
    request: { ...withoutHidden(asked), path: pathOf(url) },
    response: response === null ? null : withoutHidden(JSON.parse(response) as Response),
  };
}

function withoutHidden<Kept extends Message>(message: Kept): Kept {
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    HIDDEN_HEADERS.test(name) ? MASK : value,
  ]);
  return { ...message, headers: Object.fromEntries(headers) as Message['headers'] };
}

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? MASK;
}
