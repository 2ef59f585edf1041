/**
 * What a value may be sealed for, and the prefix that tells. Prefixes are versioned and stable, so that scanners find
 * leaked values; a golden test pins them.
 */
export const purposes = {
  code: 'vkc1_',
  refreshToken: 'vkr1_',
  accessToken: 'vka1_',
  ticket: 'vkt1_',
  session: 'vks1_',
} as const;

export type Purpose = keyof typeof purposes;
