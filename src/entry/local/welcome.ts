import { basename } from 'node:path';
import type { DevelopmentClients } from './developmentClients.ts';

export type WelcomeOptions = { url: string; clients: DevelopmentClients | null; folder: string };

/** What a person needs for a first payment, ready to paste into a shell. */
export function welcome({ url, clients, folder }: WelcomeOptions): string {
  const head = `\nFlorin is running at ${url}\n\n  data           ${folder}\n`;
  if (clients === null) return `${head}  tokens         of the issuer that FLORIN_ISSUER names\n`;
  const { merchant, otherMerchant, operator, reader } = clients;
  const more = [otherMerchant, operator, reader].map(({ path }) => basename(path)).join(', ');
  return `${head}  client id      ${merchant.client_id}
  client secret  in ${merchant.path}
  other clients  ${more}

A payment of 19.99 EUR:

  TOKEN=$(node -p 'const c = require("${merchant.path}"); c.client_id + ":" + c.client_secret' \\
    | xargs -I {} curl -s -u {} -d grant_type=client_credentials ${url}/oauth/token \\
    | node -p 'JSON.parse(require("fs").readFileSync(0)).access_token')
  curl -s ${url}/v1/payments -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: order-$(date +%s)" \\
    -H "Content-Type: application/json" \\
    -d '{"amount":1999,"currency":"EUR","payment_method":{"type":"card","token":"tok_approved"}}'

Other tokens, other stories: tok_declined, tok_timeout_approved, … The provider's own books: ${url}/simulator/charges
All requests and answers, to read and to try: ${url}/docs
`;
}
