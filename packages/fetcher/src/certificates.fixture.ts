import './reflect-metadata.fixture.ts';

import { createPrivateKey } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key. */
export interface Issued {
  /** PEM. */
  readonly certificate: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  /** The certificate, DER. */
  readonly der: Uint8Array;
}

/** What `issue` signs with. */
export interface Authority extends Issued {
  /** As `CN=Test Authority`. */
  readonly subject: string;
  readonly signingKey: CryptoKey;
}

export interface Wish {
  /** A distinguished name as RFC 4514 writes it: `CN=client, O=Example`. */
  readonly subject?: string;
  readonly san?: {
    readonly dns?: readonly string[];
    readonly ip?: readonly string[];
    readonly uri?: readonly string[];
    readonly email?: readonly string[];
  };
  /** `self`: signed with its own key (RFC 8705 §2.2). */
  readonly ca: Authority | 'self';
  /** Milliseconds since the epoch. Default: from an hour ago to tomorrow. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** A certificate authority that nobody trusts yet. */
export async function makeAuthority(subject = 'CN=Test Authority'): Promise<Authority> {
  const keys = await newKeys();
  const made = await sign({
    keys,
    subject,
    ca: { subject, signingKey: keys.privateKey },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ...made, subject, signingKey: keys.privateKey };
}

/** A certificate for a server or a client, with a new P-256 key. */
export async function issue({ subject = 'CN=Leaf', san = {}, ca, ...life }: Wish): Promise<Issued> {
  const keys = await newKeys();
  const names: JsonGeneralName[] = [
    ...(san.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(san.ip ?? []).map((value) => ({ type: 'ip' as const, value })),
    ...(san.uri ?? []).map((value) => ({ type: 'url' as const, value })),
    ...(san.email ?? []).map((value) => ({ type: 'email' as const, value })),
  ];
  return sign({
    keys,
    subject,
    ca: ca === 'self' ? { subject, signingKey: keys.privateKey } : ca,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
    ...life,
  });
}

interface Unsigned {
  readonly keys: CryptoKeyPair;
  readonly subject: string;
  readonly ca: Pick<Authority, 'subject' | 'signingKey'>;
  readonly extensions: Extension[];
  readonly notBefore?: number;
  readonly notAfter?: number;
}

async function sign({ keys, subject, ca, extensions, ...life }: Unsigned): Promise<Issued> {
  const now = Date.now();
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: ca.signingKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    notBefore: new Date(life.notBefore ?? now - 3_600_000),
    notAfter: new Date(life.notAfter ?? now + 86_400_000),
    extensions,
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: certificate.toString('pem'),
    key: createPrivateKey({ key: Buffer.from(pkcs8), type: 'pkcs8', format: 'der' })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    der: new Uint8Array(certificate.rawData),
  };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}
