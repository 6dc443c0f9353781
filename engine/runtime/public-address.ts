// Which addresses are public: the only ones that a URL typed by somebody may lead to (P23).

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Native IPv6 addresses of the internet (https://www.iana.org/assignments/ipv6-unicast-address-assignments). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/**
 * Public by its number, and yet the machine's own cloud: Azure's platform address
 * (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
 */
const CLOUD = new Set(['168.63.129.16']);
/** Names that only ever mean a machine near by (RFC 6761, RFC 6762, RFC 8375, and what clouds call their metadata). */
const NEAR = /(^|\.)(localhost|local|internal|lan|home\.arpa|localdomain|intranet)$/;

/**
 * True for addresses of the public internet alone: not loopback, private, link-local (where clouds keep metadata),
 * carrier-grade NAT, multicast, documentation or reserved space, nor IPv6 forms that carry an IPv4 address inside
 * (mapped, translated, NAT64, 6to4, Teredo), by which private ones are reached.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast' || CLOUD.has(parsed.toString())) return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** The URL, or why an address that somebody typed is not one we ever ask. What its name leads to is not looked up here. */
export function typedAddress(typed: string, schemes: readonly string[] = ['https:', 'http:']): URL | string {
  const url = parsed(typed);
  if (url === null) return 'not an address';
  if (!schemes.includes(url.protocol)) return `not ${schemes.join(' or ').replaceAll(':', '')}`;
  if (url.username !== '' || url.password !== '') return 'a name and password in the address';
  return url;
}

/** True when the host of a URL is surely not public: an address that is not, or a name for machines near by. */
export function isNearHost(hostname: string): boolean {
  const host = hostOf(hostname);
  return isIP(host) === 0 ? NEAR.test(host.toLowerCase()) || !host.includes('.') : !isPublicAddress(host);
}

/** A URL's host without brackets, and without the dot that may end a name. */
export function hostOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function parsed(typed: string): URL | null {
  try {
    return new URL(typed);
  } catch {
    return null;
  }
}
