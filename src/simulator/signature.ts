import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'Simulator-Signature';

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`: the time is signed, so that an old webhook can be told. */
export function signWebhook(secret: string, nowMs: number, body: string): string {
  const seconds = Math.floor(nowMs / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
