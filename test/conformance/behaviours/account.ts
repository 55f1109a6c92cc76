import assert from 'node:assert/strict';
import { problemsOf, settingsOf } from '#core/provider/accountForm.ts';
import type { Behaviour } from '../behaviour.ts';

export const ACCOUNT: readonly Behaviour[] = [
  {
    name: 'the form of its accounts takes what the provider gives, and refuses what it does not',
    run: ({ subject: { provider, form, account } }) => {
      const none: ReadonlySet<string> = new Set();
      assert.ok(form.good.length > 0 && form.bad.length > 0, 'there is nothing to try');
      for (const told of form.good) {
        assert.deepEqual(problemsOf(provider.account, told, none), []);
        const baseUrl = provider.account.baseUrl(settingsOf(provider.account, told.settings));
        assert.ok(baseUrl === null || /^https:\/\/[^/]+(\/[^/]+)*$/.test(baseUrl), `${baseUrl} is no base URL`);
      }
      for (const told of form.bad)
        assert.ok(problemsOf(provider.account, told, none).length > 0, `${JSON.stringify(told)} was taken`);
      const fields = Object.keys(account.credentials);
      for (const name of fields) assert.ok(Object.hasOwn(provider.account.credentials, name), `${name} is in no form`);
    },
  },
];
