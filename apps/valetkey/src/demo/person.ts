/** Who signs in at the demo. */
export const demoPerson = {
  username: 'ada',
  password: 'correct horse battery staple',
  name: 'Ada Lovelace',
} as const;
