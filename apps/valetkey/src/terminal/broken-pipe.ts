/** Ends the process quietly when the reader of its output has seen enough, as in `valetkey client list | head -1`. */
export function endAtBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
