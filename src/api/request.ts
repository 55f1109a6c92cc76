import type { Context } from 'hono';
import { containsCardNumber } from '#core/kit/cardNumber.ts';
import { maskEscapedCardNumbers } from '#core/kit/escapedCardNumber.ts';

/** W3C Trace Context: version, trace id, parent id, flags; neither id is all zeros. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const TRACE_ID = 'traceId';
/** Where the path may begin at the earliest: after "http://" and a host. */
const HOST_FROM = 8;

/** One for each request, the caller's own where it has one. Made when something has to be told; most requests never have one. */
export function traceIdOf(c: Context): string {
  const known = c.get(TRACE_ID) as string | undefined;
  if (known !== undefined) return known;
  const given = TRACEPARENT.exec(c.req.header('traceparent') ?? '')?.[1];
  const traceId = given ?? crypto.randomUUID().replaceAll('-', '');
  c.set(TRACE_ID, traceId);
  return traceId;
}

/** The path as it was asked for, without the query; what looks like a card number in it is masked. */
export function instanceOf(c: Context): string {
  const [path = ''] = targetOf(c).split('?', 1);
  const decoded = decode(path);
  const masked = maskEscapedCardNumbers(decoded);
  return masked === decoded ? path : encodeURI(masked);
}

/** Whether the path, or a key or value of the query, holds a card number. */
export function isCardNumberInTarget(c: Context): boolean {
  const target = targetOf(c);
  if (!/[%+]/.test(target)) return containsCardNumber(target);
  const decoded = decode(target.replaceAll('+', ' '));
  return maskEscapedCardNumbers(decoded) !== decoded;
}

/** Path and query, as they were sent. */
function targetOf(c: Context): string {
  const { url } = c.req;
  return url.slice(url.indexOf('/', HOST_FROM));
}

/** What can't be decoded stays; the ASCII in it is read all the same. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
