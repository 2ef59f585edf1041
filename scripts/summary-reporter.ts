import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/**
 * Prints `N passed, N failed` (and `, N skipped`) as the very last line of a run, for people and for CI.
 *
 * What stops tests from running counts as failed too: a file that cannot be loaded, a hook that throws, an error that
 * nobody caught. The line is written when the process ends, so that nothing can follow it, and agrees with its exit code.
 */
export class SummaryReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.once('exit', (code) => {
      if (code !== 0 && this.counts.failed === 0) this.counts.failed = 1;
      process.stdout.write(`${line(this.counts)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    Object.assign(this.counts, { passed: 0, failed: unhandledErrors.length, skipped: 0 });
    for (const module of modules) this.add(module);
  }

  private add(module: TestModule): void {
    let failed = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') this.counts.passed += 1;
      else if (state === 'skipped') this.counts.skipped += 1;
      else failed += 1;
    }
    for (const group of [module, ...module.children.allSuites()]) if (isBroken(group)) failed += 1;
    if (failed === 0 && !finishedWell(module)) failed = 1;
    this.counts.failed += failed;
  }
}

/** A file that could not be loaded, or a hook around a group of tests that threw. */
function isBroken(group: TestModule | TestSuite): boolean {
  return group.errors().length > 0;
}

function finishedWell(module: TestModule): boolean {
  return module.ok() && module.state() !== 'queued' && module.state() !== 'pending';
}

function line({ passed, failed, skipped }: Record<'passed' | 'failed' | 'skipped', number>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
