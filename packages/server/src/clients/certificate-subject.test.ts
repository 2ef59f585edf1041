import { expect, test } from 'vitest';
import { awkward } from './certificate-subject.fixture.ts';
import { type CertificateSubject, hasSubject } from './certificate-subject.ts';

const name =
  'emailAddress=print@shop.example,CN=Print Shop = 1+OU=Sales,O=M\\C3\\BCller\\, S\\C3\\B6hne \\+ Co,C=DE';

test.each<[CertificateSubject['kind'], string]>([
  ['subject_dn', name],
  [
    'subject_dn',
    'E = print@shop.example, OU = Sales + CN = Print Shop \\3D 1, O = Müller\\, Söhne \\2B Co, C = DE',
  ],
  ['san_dns', 'print.example'],
  ['san_dns', 'PRINT.example'],
  ['san_dns', '*.wild.example'],
  ['san_uri', 'https://print.example/a,DNS:evil.example'],
  ['san_ip', '192.0.2.7'],
  ['san_ip', '2001:db8::7'],
  ['san_ip', '2001:0DB8:0:0::7'],
  ['san_email', 'print@shop.example'],
])('TK-041: the certificate has the %s %s', (kind, value) => {
  expect(hasSubject(awkward, { kind, value })).toBe(true);
});

test.each<[CertificateSubject['kind'], string]>([
  ['subject_dn', name.split(',').toReversed().join(',')],
  ['subject_dn', name.replace('emailAddress=print@shop.example,', '')],
  ['subject_dn', ''],
  ['subject_dn', 'not a name'],
  // Inside a URI, which a careless reader takes for a name of its own.
  ['san_dns', 'evil.example'],
  ['san_dns', 'a.wild.example'],
  ['san_dns', 'rint.example'],
  ['san_dns', 'print@shop.example'],
  ['san_dns', ''],
  ['san_uri', 'https://print.example/a'],
  ['san_uri', 'HTTPS://print.example/a,DNS:evil.example'],
  ['san_ip', '192.0.2.70'],
  ['san_ip', '2001:db8::8'],
  ['san_ip', 'print.example'],
  ['san_email', 'Print@shop.example'],
])('TK-041: the certificate has not the %s %s', (kind, value) => {
  expect(hasSubject(awkward, { kind, value })).toBe(false);
});
