const AMOUNT_MIN = 100;
const AMOUNT_SPAN = 99_901;
const STEP = 7919;

export type WriterOptions = { port: number; tokens: readonly string[]; keyPrefix: string };

/** The bytes of the request for payment `n` of a round. Everything that stays the same is written once. */
export function createWriter({ port, tokens, keyPrefix }: WriterOptions): (n: number) => string {
  const heads = tokens.map(
    (token) =>
      `POST /v1/payments HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\nidempotency-key: ${keyPrefix}`,
  );
  return (n) => {
    const body =
      `{"amount":${amountOf(n)},"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"},` +
      `"description":"Order ${n} of a small shop","metadata":{"order":"${keyPrefix}${n}","channel":"web"}}`;
    return `${heads[n % heads.length]}${n}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
}

/** Minor units. They differ, so that two payments taken for each other are found: the step is a prime. */
export function amountOf(n: number): number {
  return AMOUNT_MIN + ((n * STEP) % AMOUNT_SPAN);
}
