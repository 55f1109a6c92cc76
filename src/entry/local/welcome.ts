import type { DevClient } from './keyRing.ts';

export type WelcomeOptions = { url: string; client: DevClient; clientPath: string; folder: string };

/** What a person needs for a first payment, ready to paste into a shell. */
export function welcome({ url, client, clientPath, folder }: WelcomeOptions): string {
  return `
Florin is running at ${url}

  data           ${folder}
  client id      ${client.client_id}
  client secret  in ${clientPath}

A payment of 19.99 EUR:

  TOKEN=$(node -p 'const c = require("${clientPath}"); c.client_id + ":" + c.client_secret' \\
    | xargs -I {} curl -s -u {} -d grant_type=client_credentials ${url}/oauth/token \\
    | node -p 'JSON.parse(require("fs").readFileSync(0)).access_token')
  curl -s ${url}/v1/payments -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: order-$(date +%s)" \\
    -H "Content-Type: application/json" \\
    -d '{"amount":1999,"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"}}'

Other tokens, other stories: tok_declined, tok_timeout_approved, … The provider's own books: ${url}/simulator/charges
`;
}
