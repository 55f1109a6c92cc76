import { isIP } from 'node:net';
import type { UrlRefusal } from '#core/webhooks/ports.ts';
import { isLoopbackAddress, isPublicAddress } from './publicAddress.ts';

export type WebhookUrlRules = {
  /** For one's own machine: addresses of the loopback, and http to them. */
  allowLoopback: boolean;
};

const URL_CHARACTERS_MAX = 2048;
const HTTPS_PORT = 443;
const HTTP_PORT = 80;
/** Below are the ports of mail, directories, databases of old: nobody receives webhooks there. */
const UNPRIVILEGED_PORT_MIN = 1024;
/** Labels as DNS has them; the URL parser has made punycode of all others, and an address of whatever looks like one. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** What stands between "//" and the path. */
const AUTHORITY = /^[a-z]+:\/\/([^/?]+)/i;

export type JudgedUrl = { ok: true; url: URL } | { ok: false; reason: UrlRefusal };

/**
 * Judges a URL as far as that goes without asking DNS. The WHATWG parser reads it as the connection will: decimal, octal, hexadecimal and
 * short spellings of an address, full-width digits and international names come out of it in one spelling.
 */
export function judgeUrl(text: string, { allowLoopback }: WebhookUrlRules): JudgedUrl {
  if (!URL.canParse(text) || !isPlain(text)) return refused('url_invalid');
  const url = new URL(text);
  const host = hostOf(url);
  const isLocal = allowLoopback && (host === 'localhost' || isLoopbackAddress(host));
  if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) return refused('scheme_forbidden');
  const port = Number(url.port || (url.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT));
  if (port !== HTTPS_PORT && port < UNPRIVILEGED_PORT_MIN && !(isLocal && port === HTTP_PORT))
    return refused('port_forbidden');
  if (isLocal) return { ok: true, url };
  if (isIP(host) !== 0) return isPublicAddress(host) ? { ok: true, url } : refused('address_forbidden');
  if (isLocalName(host)) return refused('address_forbidden');
  return HOST_NAME.test(host) ? { ok: true, url } : refused('url_invalid');
}

/** What is shown must be what is called: nothing that the parser would take out, nothing that it would turn round. */
function isPlain(text: string): boolean {
  if (text.length > URL_CHARACTERS_MAX || /[\s\p{Cc}\\#]/u.test(text)) return false;
  const authority = AUTHORITY.exec(text)?.[1];
  return authority !== undefined && !authority.includes('@');
}

/** One label: what it leads to depends on whose machine asks. */
function isLocalName(host: string): boolean {
  return /^[a-z0-9_-]+\.?$/.test(host) || /\.localhost\.?$/.test(host);
}

export function isAllowedAddress(address: string, { allowLoopback }: WebhookUrlRules): boolean {
  return isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function refused(reason: UrlRefusal): JudgedUrl {
  return { ok: false, reason };
}
