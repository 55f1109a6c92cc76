import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isLoopbackAddress, isPublicAddress } from './publicAddress.ts';

const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '::0'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  'link-local and metadata': ['169.254.169.254', '169.254.0.1', 'fe80::1', 'febf::1', 'fe80::1%eth0', 'fd00:ec2::254'],
  "a cloud's host agent": ['168.63.129.16'],
  'unique local and site-local': ['fc00::1', 'fdff::1', 'fec0::1'],
  'protocol assignments': ['192.0.0.1', '192.0.0.192', '2001::1', '2001:1ff::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'multicast, reserved, broadcast': ['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1'],
  'IPv4 in IPv6, mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:0a00:0001'],
  'IPv4 in IPv6, compatible and translated': ['::127.0.0.1', '::8.8.8.8', '::ffff:0:127.0.0.1'],
  NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::808:808', '64:ff9b:1::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:0808:0808::1', '192.88.99.1'],
  Teredo: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'not routed': ['100::1', '4000::1', '5f00::1', '1fff:ffff::1'],
  'no address': ['', 'localhost', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '1.2.3.4:80', '[::1]', ' 8.8.8.8'],
};

for (const [name, addresses] of Object.entries(FORBIDDEN)) {
  test(`not public: ${name}`, () => {
    assert.deepEqual(addresses.filter(isPublicAddress), []);
  });
}

test('public: the rest, up to the very edges', () => {
  const addresses = [
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ...['168.63.129.15', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0'],
    ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0'],
    ...['223.255.255.255', '2000::1', '2001:200::1', '2001:4860:4860::8888', '2003::1', '2606:4700::1111', '3ffe::1'],
  ];
  assert.deepEqual(
    addresses.filter((address) => !isPublicAddress(address)),
    [],
  );
});

test('an IPv6 address is public only inside 2000::/3', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      if (!isPublicAddress(address)) return;
      const first = Number.parseInt(address.split(':')[0] ?? '', 16);
      assert.ok(first >= 0x2000 && first <= 0x3fff, address);
    }),
  );
});

test('loopback: 127.0.0.0/8 and ::1, and nothing that is only mapped to it', () => {
  assert.deepEqual(
    ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::', 'localhost'].map(isLoopbackAddress),
    [true, true, true, false, false, false, false],
  );
});
