// Loaded into every child. Its standard input is a pipe that the test process holds: however that ends, the pipe closes,
// and no child is left behind.
process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
(process.stdin as Partial<{ unref: () => void }>).unref?.();
