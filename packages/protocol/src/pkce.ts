/** RFC 7636. Only S256 exists here: `plain` protects against nothing that reads the request. */

/** code-verifier, §4.1: 43 to 128 unreserved characters. */
const verifier = /^[A-Za-z0-9\-._~]{43,128}$/;

/** code-challenge for S256, §4.2: the 43 characters of 32 bytes in base64url. */
const challenge = /^[A-Za-z0-9\-_]{43}$/;

export function isCodeVerifier(text: string): boolean {
  return verifier.test(text);
}

export function isCodeChallenge(text: string): boolean {
  return challenge.test(text);
}
