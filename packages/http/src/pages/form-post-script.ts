import { createHash } from 'node:crypto';

/** Submits the one form of the page. A field may be named `submit`, so the form's own member of that name is not asked. */
const text = 'HTMLFormElement.prototype.submit.call(document.forms[0]);';

/** The one script of all pages, and the CSP source that lets exactly its text run. */
export const formPostScript = {
  text,
  source: `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
} as const;
