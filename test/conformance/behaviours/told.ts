import assert from 'node:assert/strict';
import type { Behaviour } from '../behaviour.ts';

/** A suite that is told nothing finds nothing: what a subject leaves out is a failure of its own. */
export const TOLD: readonly Behaviour[] = [
  {
    name: 'the kit is told what it needs: words, codes, errors, events, an exchange to mask',
    run: ({ subject: { statuses, declines, errors, webhooks, transcript, tokens } }) => {
      const meanings = new Set(statuses.flatMap(({ meanings: words }) => Object.values(words)));
      assert.ok(meanings.has('succeeded'), 'no table of statuses has a word for a success');
      assert.ok(meanings.size > 1, 'every word of every table says the same');
      assert.ok(Object.keys(declines.codes).length > 0, 'no decline code is expected');
      assert.ok(errors.length > 0, 'no documented error is expected');
      const events = Object.values(webhooks.events);
      assert.ok(
        events.some(({ about }) => about === 'money'),
        'no event is about money',
      );
      assert.notDeepEqual(transcript.maskedRequest, transcript.request, 'nothing of the request is masked');
      assert.notDeepEqual(transcript.maskedResponse, transcript.response, 'nothing of the response is masked');
      assert.notEqual(tokens.declined.token, tokens.approved, 'the same token is approved and declined');
    },
  },
];
