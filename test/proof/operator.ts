import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';

export type ParkedStream = { object: string; stream: string; seq: number; reason: string; since: string };

/** Somebody who signs in with the operator's client. */
export async function createOperator({ url, folder }: { url: string; folder: string }) {
  const client = JSON.parse(readFileSync(join(folder, 'dev-operator-reading.json'), 'utf8')) as {
    client_id: string;
    client_secret: string;
  };
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await request(`${url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
  });
  const { access_token: token } = (await answer.body.json()) as { access_token: string };

  async function parkedStreams(): Promise<readonly ParkedStream[]> {
    const listed = await request(`${url}/v1/parked_streams`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(listed.statusCode, 200);
    return ((await listed.body.json()) as { data: ParkedStream[] }).data;
  }

  return { parkedStreams };
}
