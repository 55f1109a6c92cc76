import { BlockList, isIP } from 'node:net';

/**
 * Which addresses are on the public internet. Source: the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890 and
 * its successors). What an IPv6 address may carry of an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) is forbidden whole: whatever
 * such an address leads to also has one of its own.
 */
const FORBIDDEN_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT; a cloud's metadata at 100.100.100.200
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // a cloud's host agent, on a public address
  ['169.254.0.0', 16], // link-local, metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; a cloud's metadata at 192.0.0.192
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];
/** All that is routed; the rest (loopback, mapped, NAT64, unique local, link-local, site-local, multicast, …) lies outside. */
const ROUTED_IPV6 = ['2000::', 3] as const;
const FORBIDDEN_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarks, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
];

const forbiddenIpv4 = listOf(FORBIDDEN_IPV4, 'ipv4');
const routedIpv6 = listOf([ROUTED_IPV6], 'ipv6');
const forbiddenIpv6 = listOf(FORBIDDEN_IPV6, 'ipv6');
const loopbackIpv4 = listOf([['127.0.0.0', 8]], 'ipv4');

/** An address as the operating system writes it, not as a person may. What is no address is not public. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !forbiddenIpv4.check(address, 'ipv4');
    case 6:
      // A zone (fe80::1%eth0) only makes sense on this link.
      return !address.includes('%') && routedIpv6.check(address, 'ipv6') && !forbiddenIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && loopbackIpv4.check(address, 'ipv4'));
}

function listOf(networks: readonly (readonly [network: string, prefix: number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}
