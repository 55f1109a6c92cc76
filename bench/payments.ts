import type { Course } from './workloads.ts';

const AMOUNT_MIN = 100;
const AMOUNT_SPAN = 99_901;
const STEP = 7919;

export type WriterOptions = { port: number; tokens: readonly string[]; keyPrefix: string };

/** The bytes of the requests of a round. Everything that stays the same is written once. */
export function createWriter({ port, tokens, keyPrefix }: WriterOptions) {
  const heads = tokens.map(
    (token) =>
      ` HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\nidempotency-key: ${keyPrefix}`,
  );

  /** For payment `n`. */
  function create(n: number, { capture }: Course): string {
    const body =
      `{"amount":${amountOf(n)},"currency":"EUR",${capture === 'manual' ? '"capture":"manual",' : ''}` +
      `"payment_method":{"type":"card","token":"tok_approved"},` +
      `"description":"Order ${n} of a small shop","metadata":{"order":"${keyPrefix}${n}","channel":"web"}}`;
    return `POST /v1/payments${heads[n % heads.length]}${n}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  /** For what follows the creation; null when nothing does. */
  function follow(n: number, step: number, { id, course }: { id: string; course: Course }): string | null {
    const asked = course.steps[step];
    if (asked === undefined) return null;
    const body = `{"amount":${asked.amountOf(amountOf(n))}}`;
    return `POST /v1/payments/${id}/${asked.path}${heads[n % heads.length]}${n}-${step}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  return { create, follow };
}

/** Minor units. They differ, so that two payments taken for each other are found: the step is a prime. */
export function amountOf(n: number): number {
  return AMOUNT_MIN + ((n * STEP) % AMOUNT_SPAN);
}
