import { maskEscapedCardNumbers } from '#core/kit/escapedCardNumber.ts';
import type { ProviderRequest, ProviderResponse, ScrubRules } from './port.ts';

const MASK = '***';
/** Credentials by any provider's name for them; a provider adds its own. */
const ALWAYS_MASKED_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'];
/** More of a response than this explains nothing more, and a provider must not fill our disk. */
const BODY_CHARACTERS_MAX = 8192;

/** Returns text maskers for one provider's exchanges. Built once: the patterns are compiled here. */
export function createScrubber(rules: ScrubRules) {
  const headers = new Set([...ALWAYS_MASKED_HEADERS, ...rules.headers]);
  const names = rules.fields.map(escapePattern).join('|');
  // Text, not parsed JSON: a cut or malformed body must be masked too.
  const jsonField = names === '' ? null : new RegExp(`"(?:${names})"\\s*:(?!\\s*null\\b)\\s*`, 'g');
  const formField = names === '' ? null : new RegExp(`(^|[&\\[])(${names})(\\]?)=[^&]*`, 'g');

  function scrubBody(body: string): string {
    let masked = body.length > BODY_CHARACTERS_MAX ? cut(body) : body;
    if (jsonField !== null) masked = maskValues(masked, jsonField);
    if (formField !== null) masked = masked.replace(formField, `$1$2$3=${MASK}`);
    return maskEscapedCardNumbers(masked);
  }

  function scrubHeaders(all: ProviderResponse['headers']): Record<string, string> {
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined)
        kept[name] = headers.has(name.toLowerCase()) ? MASK : maskEscapedCardNumbers(String(value));
    }
    return kept;
  }

  return {
    request: (request: ProviderRequest): string =>
      JSON.stringify({
        ...request,
        url: maskEscapedCardNumbers(request.url),
        headers: scrubHeaders(request.headers),
        body: request.body === null ? null : scrubBody(request.body),
      }),
    response: (response: ProviderResponse): string =>
      JSON.stringify({ ...response, headers: scrubHeaders(response.headers), body: scrubBody(response.body) }),
  };
}

/** Card numbers first: one that is cut in two is none that is known, and most of its digits would stay. */
function cut(body: string): string {
  return maskEscapedCardNumbers(body).slice(0, BODY_CHARACTERS_MAX);
}

/** `field`: a name with its colon. Whatever stands behind it is masked, an object with all that is in it. */
function maskValues(body: string, field: RegExp): string {
  let masked = '';
  let from = 0;
  for (const match of body.matchAll(field)) {
    if (match.index < from) continue;
    const start = match.index + match[0].length;
    masked += `${body.slice(from, match.index)}${match[0].replaceAll(/\s/g, '')}"${MASK}"`;
    from = endOfValue(body, start);
  }
  return masked + body.slice(from);
}

const TOKEN = /"(?:[^"\\]|\\.)*(?:"|$)|[{}[\]]|,|[^"{}[\],]+/y;

/** Where the JSON value that begins there ends; the end of the body for one that was cut. */
function endOfValue(body: string, start: number): number {
  let depth = 0;
  for (TOKEN.lastIndex = start; TOKEN.lastIndex < body.length; ) {
    const before = TOKEN.lastIndex;
    const token = TOKEN.exec(body)?.[0];
    if (token === undefined) return body.length;
    if (depth === 0 && (token === ',' || token === '}' || token === ']')) return before;
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) return TOKEN.lastIndex;
  }
  return body.length;
}

function escapePattern(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
