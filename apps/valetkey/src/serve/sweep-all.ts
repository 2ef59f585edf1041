import { type Store, type Swept, sweepLimit } from '@valetkey/server';

/** One sweep takes a limited number: sweeps again, after whoever has been waiting, while there may be more. */
export async function sweepAll(
  store: Pick<Store, 'sweep'>,
  now: number,
  report: (swept: Swept) => void,
): Promise<void> {
  for (;;) {
    const swept = await store.sweep(now);
    report(swept);
    if (Object.values(swept).every((count) => count < sweepLimit)) return;
  }
}
