import assert from 'node:assert/strict';
import test from 'node:test';
import { judgeUrl } from './webhookUrl.ts';

const verdict = (text: string, allowLoopback = false) => {
  const judged = judgeUrl(text, { allowLoopback });
  return judged.ok ? judged.url.href : judged.reason;
};

/** Every spelling of an address that a URL parser or a resolver may understand. */
const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0X7F.0.0.1',
  '0x7f.1',
  '017700000001',
  '0177.0.0.01',
  '127.0.0.1.',
  '127。0。0。1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '%31%32%37.0.0.1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000::0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ｌｏｃａｌｈｏｓｔ',
  'app.localhost',
];
const PRIVATE = [
  '0',
  '0.0.0.0',
  '[::]',
  '10.1',
  '012.0.0.1',
  '192.168.1.1',
  '3232235777',
  '0xa9fea9fe',
  '169.254.169.254',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[::ffff:a9fe:a9fe]',
  '255.255.255.255',
  'metadata',
  'intranet.',
];

for (const host of [...LOOPBACK, ...PRIVATE]) {
  test(`https://${host} is no public address`, () => {
    assert.equal(verdict(`https://${host}/hooks`), 'address_forbidden');
  });
}

test('what can not be read in one way only is refused', () => {
  for (const text of [
    ...[
      '',
      'x',
      '/hooks',
      'https://',
      'https:hooks.example.com',
      'https:///hooks.example.com',
      'https:\\\\x.example.com',
    ],
    ...[
      'https://a.example.com\\@b.example.com/',
      'https://a.example.com /',
      ' https://a.example.com',
      'https://a\t.example.com',
    ],
    ...[
      'https://a.example.com/#x',
      'https://a.example.com/#',
      'https://user@a.example.com',
      'https://u:p@a.example.com',
    ],
    ...[
      'https://@a.example.com',
      'https://:@a.example.com',
      'https://a.example.com.',
      'https://a..example.com',
      'https://-a.example.com',
    ],
    ...[
      'https://[fe80::1%25eth0]/',
      'https://[::1',
      'https://a.example.com:99999',
      `https://a.example.com/${'x'.repeat(2048)}`,
    ],
    ...[
      'https://1.2.3.4.5',
      'https://256.1.1.1',
      'https://a.example.1',
      'https://*.example.com',
      'https://a.example.com\u0000',
    ],
  ])
    assert.equal(verdict(text), 'url_invalid', text);
});

test('only https, on 443 or from 1024 on', () => {
  for (const scheme of ['http', 'ftp', 'file', 'gopher', 'data', 'ws', 'javascript'])
    assert.equal(verdict(`${scheme}://hooks.example.com/`), 'scheme_forbidden', scheme);
  for (const port of [0, 1, 22, 25, 80, 442, 1023])
    assert.equal(verdict(`https://hooks.example.com:${port}/`), 'port_forbidden', String(port));
  for (const port of [443, 1024, 8443, 65535])
    assert.equal(verdict(`https://hooks.example.com:${port}/a?b=c`).includes('hooks.example.com'), true);
});

test('names, international ones too, and public addresses pass', () => {
  assert.equal(verdict('https://Hooks.Example.COM/a@b?c=d@e'), 'https://hooks.example.com/a@b?c=d@e');
  assert.equal(verdict('https://bücher.example/'), 'https://xn--bcher-kva.example/');
  assert.equal(verdict('https://1.1.1.1/'), 'https://1.1.1.1/');
  assert.equal(verdict('https://[2606:4700::1111]:8443/'), 'https://[2606:4700::1111]:8443/');
  assert.equal(verdict('https://my_hooks.example.com/'), 'https://my_hooks.example.com/');
});

test('the loopback is allowed where one says so, and nothing else then', () => {
  for (const url of ['http://localhost/', 'http://127.0.0.1:3000/', 'https://localhost:3000/', 'http://[::1]:3000/'])
    assert.equal(verdict(url, true), url);
  assert.equal(verdict('http://2130706433:3000/', true), 'http://127.0.0.1:3000/');
  for (const [url, reason] of [
    ['http://hooks.example.com/', 'scheme_forbidden'],
    ['http://127.0.0.1:25/', 'port_forbidden'],
    ['https://10.0.0.1/', 'address_forbidden'],
    ['https://0.0.0.0/', 'address_forbidden'],
    ['https://[::ffff:127.0.0.1]/', 'address_forbidden'],
    ['https://169.254.169.254/', 'address_forbidden'],
    ['https://user@localhost/', 'url_invalid'],
  ] as const)
    assert.equal(verdict(url, true), reason, url);
});
