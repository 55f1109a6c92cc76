import assert from 'node:assert/strict';
import { createMemoryInbox } from '#core/ingress/memory.ts';
import { createReceiveWebhook } from '#core/ingress/receiveWebhook.ts';
import { secret } from '#core/kit/secret.ts';
import { createFixedAccounts } from '#core/payments/accountsFake.ts';
import { credentialOf } from '#core/provider/accountForm.ts';
import { type Behaviour, notApplicable } from '../behaviour.ts';
import type { SignedDelivery, Subject } from '../subject.ts';

const NOW = 1_700_000_000_000;

export const WEBHOOKS: readonly Behaviour[] = [
  {
    name: 'a webhook is genuine only with the account’s own signature',
    run: ({ subject }) => {
      const { webhooks, otherAccount } = subject;
      const good = signed(subject, secretOf(subject));
      assert.ok(isGenuine(subject, good), 'a good one was refused');
      for (const name of Object.keys(good.headers)) {
        const { [name]: value = '', ...others } = good.headers;
        assert.ok(!isGenuine(subject, { ...good, headers: others }), `one without ${name} was believed`);
        for (const broken of [
          '',
          'x',
          value.slice(0, -8),
          value.replaceAll(/[0-9a-f]/g, '0'),
          changedAt(value, value.length - 6),
        ])
          assert.ok(!isGenuine(subject, { ...good, headers: { ...others, [name]: broken } }), `${name}: ${broken}`);
      }
      assert.ok(!isGenuine(subject, { headers: {}, body: webhooks.body }), 'an unsigned one was believed');
      assert.ok(!isGenuine(subject, signed(subject, 'another secret')), 'one signed with another secret was believed');
      const others = signed(subject, secretOf(subject, otherAccount));
      assert.ok(!isGenuine(subject, others), 'one of another account was believed');
      assert.ok(isGenuine(subject, others, otherAccount), 'the other account refused its own');
    },
  },
  {
    name: 'a webhook that was changed on the way is not genuine; raw bytes are signed, not what they mean',
    run: ({ subject }) => {
      const { webhooks } = subject;
      const good = signed(subject, secretOf(subject));
      const tampered = webhooks.tampered ?? everyChange;
      const changed = tampered(good.body);
      assert.ok(changed.length > 0, 'nothing was changed');
      for (const body of changed)
        assert.ok(!isGenuine(subject, { ...good, body }), `${body.slice(0, 120)} was believed`);
    },
  },
  {
    name: 'an old signature, or one from the future, is not genuine',
    run: ({ subject }) => {
      const { webhooks } = subject;
      const { toleranceMs } = webhooks;
      if (toleranceMs === null) return notApplicable('the provider signs no time; a replay is found by its event');
      const at = (offset: number) => signed(subject, secretOf(subject), NOW + offset);
      for (const sign of [-1, 1]) {
        const [within, beyond] = [sign * (toleranceMs - 1000), sign * (toleranceMs + 1000)];
        assert.ok(isGenuine(subject, at(within)), `${within} ms off was refused`);
        assert.ok(!isGenuine(subject, at(beyond)), `${beyond} ms off was believed`);
        assert.ok(!isGenuine(subject, at(sign * 1e12)), 'a signature of another age was believed');
      }
      return undefined;
    },
  },
  {
    name: 'while a secret is replaced, the former one is good too, and one good signature among several is enough',
    run: ({ subject }) => {
      const { webhooks, account } = subject;
      const own = secretOf(subject);
      const word = (text: string) => webhooks.secretOf?.(text) ?? text;
      const live = [secret(word('the next one')), secret(own)];
      const rotating = { ...account, credentials: { ...account.credentials, [webhooks.secretField]: live } };
      const by = (...secrets: readonly string[]) => webhooks.sign(webhooks.body, { secrets, at: NOW });
      for (const good of [own, word('the next one')])
        assert.ok(isGenuine(subject, by(good), rotating), 'one of two live secrets was refused');
      assert.ok(!isGenuine(subject, by(word('another one')), rotating), 'neither is good, and it was believed');
      if (!webhooks.signsWithTwoSecrets) return;
      assert.ok(isGenuine(subject, by(word('the old one'), own)), 'the second of two signatures was refused');
      assert.ok(isGenuine(subject, by(own, word('the next one'))), 'the first of two signatures was refused');
      assert.ok(
        !isGenuine(subject, by(word('the old one'), word('the next one'))),
        'none is good, and it was believed',
      );
    },
  },
  {
    name: 'a replayed webhook is kept once',
    run: async ({ subject }) => {
      const { receive, inbox } = doorOf(subject);
      const good = signed(subject, secretOf(subject));
      const stored = [await receive(good), await receive(good), await receive(good)];
      assert.deepEqual(stored, ['received', 'duplicate', 'duplicate']);
      assert.equal((await inbox.counts()).waiting, 1);
    },
  },
  {
    name: 'events about money are read; every other one is acknowledged, and kept unless it is known to be about something else',
    run: async ({ subject, described }) => {
      const { webhooks, provider } = subject;
      for (const [type, event] of Object.entries(webhooks.events)) {
        const { receive } = doorOf(subject);
        const delivery = webhooks.sign(event.body, { secrets: [secretOf(subject)], at: NOW });
        assert.equal(await receive(delivery), 'received', `${type} was not acknowledged`);
        const notice = provider.webhooks.read(event.body);
        const isOther = provider.webhooks.isOther?.(event.body) === true;
        if (event.about === 'money') {
          assert.ok(notice !== null, `${type} is about money and was not read`);
          assert.deepEqual([notice.kind, notice.outcome.outcome], [event.kind, event.outcome], type);
          assert.ok(!isOther, `${type} is about money and would be forgotten`);
        } else {
          assert.equal(notice, null, `${type} was read as news of a ${notice?.kind}`);
          assert.equal(isOther, event.about === 'other', `${type}: ${event.about}`);
        }
      }
      if (described === null) return undefined;
      if ('absent' in described) return { kind: 'left_out', why: described.absent };
      const missing = described.eventTypes().filter((type) => !Object.hasOwn(webhooks.events, type));
      assert.deepEqual(missing, [], 'events of the description that the expectations lack');
      return undefined;
    },
  },
  {
    name: 'a webhook that is not understood is nothing, never an error, and never forgotten',
    run: ({ subject }) => {
      const { webhooks } = subject.provider;
      const { body } = subject.webhooks;
      const strange = ['', '<html>', 'null', '[]', '{}', '"x"', '7', '{"id":"x"}', '{"type":"a.new.type"}'];
      for (const text of strange) {
        assert.equal(webhooks.read(text), null, `${text} was read`);
        assert.ok(webhooks.isOther?.(text) !== true, `${text} would be forgotten`);
      }
      for (let end = 0; end < body.length - 1; end += 7) {
        assert.equal(webhooks.read(body.slice(0, end)), null, 'a cut body was read');
        assert.ok(webhooks.isOther?.(body.slice(0, end)) !== true, 'a cut body would be forgotten');
      }
    },
  },
];

function secretOf(subject: Subject, account = subject.account): string {
  return credentialOf(account, subject.webhooks.secretField).reveal();
}

function signed({ webhooks }: Subject, secret: string, at = NOW): SignedDelivery {
  return webhooks.sign(webhooks.body, { secrets: [secret], at });
}

function isGenuine(subject: Subject, delivery: SignedDelivery, account = subject.account): boolean {
  return subject.provider.webhooks.isGenuine(delivery, account, NOW);
}

/** The platform's own door, with an inbox in memory. */
function doorOf({ provider, account, otherAccount }: Subject) {
  const inbox = createMemoryInbox();
  const both = [otherAccount, account].map((each) => ({ provider, account: each }));
  const accounts = createFixedAccounts(both);
  const { receive } = createReceiveWebhook({ accounts, inbox, clock: { now: () => NOW, monotonic: () => 0 } });
  return {
    inbox,
    receive: async ({ headers, body }: SignedDelivery) => {
      const result = await receive({ provider: provider.name, account: null, headers, body: Buffer.from(body) });
      return result.ok ? result.value.stored : result.error.code;
    },
  };
}

/** Other bytes, some of them with the same meaning: a space more, the same text escaped. */
function everyChange(body: string): readonly string[] {
  const changed = [
    `${body} `,
    ` ${body}`,
    `${body}\n`,
    body.slice(0, -1),
    '',
    JSON.stringify(JSON.parse(body), null, 1),
  ];
  changed.push(
    body.replace(/[a-z](?=[^"]*"\s*:)/, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
  for (let at = 0; at < body.length; at += Math.max(1, Math.floor(body.length / 60))) changed.push(changedAt(body, at));
  return changed.filter((other) => other !== body);
}

function changedAt(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;
}
