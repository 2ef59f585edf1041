import type { X509Certificate } from 'node:crypto';
import type { ClientKeys } from '../model.ts';
import { isSameName, readDistinguishedName } from './distinguished-name.ts';

export type CertificateSubject = NonNullable<ClientKeys['certificateSubject']>;

/** Whether a certificate is of the subject that a client registered: its name, or one of its alternative names (RFC 8705 §2.1.2). */
export function hasSubject(certificate: X509Certificate, { kind, value }: CertificateSubject): boolean {
  if (kind === 'subject_dn') return hasName(certificate, value);
  const wanted = normalize[kind](value);
  return alternativeNames(certificate).some(
    ([label, name]) => label === labels[kind] && normalize[kind](name) === wanted,
  );
}

/** Node writes the relative names one a line, the most general one first, and escapes them as RFC 2253 says. */
function hasName(certificate: X509Certificate, registered: string): boolean {
  const lines = (certificate.subject ?? '').split('\n').toReversed();
  const name = readDistinguishedName(lines.join(','));
  const wanted = readDistinguishedName(registered);
  return name !== undefined && wanted !== undefined && isSameName(name, wanted);
}

/** What Node calls them. */
const labels = { san_dns: 'DNS', san_uri: 'URI', san_ip: 'IP Address', san_email: 'email' } as const;

/** One spelling of what has several; an address is compared as the number it is. */
const normalize = {
  san_dns: (name: string) => name.toLowerCase(),
  san_uri: (name: string) => name,
  san_ip: (name: string) => (name.includes(':') ? (URL.parse(`http://[${name}]`)?.hostname ?? name) : name),
  san_email: (name: string) => name,
};

/**
 * The alternative names, as Node tells them: `DNS:a, URI:b`. One that holds a comma, a quote or the like is written as a
 * JSON string, so that no name can pose as two. None, when it cannot be read whole.
 */
function alternativeNames(certificate: X509Certificate): [label: string, name: string][] {
  const text = certificate.subjectAltName ?? '';
  const names: [string, string][] = [];
  let end = 0;
  for (const match of text.matchAll(/(?:, |^)([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?=, |$)/gy)) {
    const [whole, label = '', name = ''] = match;
    names.push([label, name.startsWith('"') ? String(JSON.parse(name)) : name]);
    end = match.index + whole.length;
  }
  return end === text.length ? names : [];
}
