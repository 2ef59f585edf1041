import { generateRandomState } from 'oauth4webapi';

/** 256 random bits in 43 base64url characters: a state, a verifier (RFC 7636 §4.1), a cookie's secret. */
export function randomValue(): string {
  return generateRandomState();
}

/** SHA-256 of a text in 43 base64url characters. What is kept under a hash cannot be used by whoever reads the store. */
export async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const base64 = btoa(String.fromCharCode(...digest));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
