import { runProgram } from './program.ts';
import { endAtBrokenPipe } from './terminal/broken-pipe.ts';

// What a command makes (database, root key, configuration) is for its user alone.
process.umask(0o077);
endAtBrokenPipe();
process.exitCode = await runProgram(process.argv.slice(2));
