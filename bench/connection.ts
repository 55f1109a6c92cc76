import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
/** "HTTP/1.1 201 Created" */
const STATUS_AT = 9;
const STATUS_END = 12;

export type Answer = { status: number; body: string };

export type ConnectionOptions = {
  port: number;
  onAnswer: (answer: Answer) => void;
  /** Called once, when the connection is of no use any more. */
  onBroken: (reason: string) => void;
};

/**
 * One keep-alive connection with one request under way: HTTP/1.1 by hand, as little of it as the two servers need, so
 * that the generator takes as little as possible of the machine that it measures. Bodies must be ASCII.
 */
export function openConnection({ port, onAnswer, onBroken }: ConnectionOptions) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let held = '';
  let closed = false;
  const opened = new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', resolve);
  });

  socket.on('data', (chunk) => {
    held += chunk.toString('latin1');
    const headEnd = held.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = held.slice(0, headEnd);
    const length = CONTENT_LENGTH.exec(head)?.[1];
    if (length === undefined) return fail('an answer without content-length');
    const bodyAt = headEnd + HEAD_END.length;
    const missing = bodyAt + Number(length) - held.length;
    if (missing > 0) return;
    if (missing < 0) return fail('more bytes than the answer announced');
    const body = held.slice(bodyAt);
    held = '';
    onAnswer({ status: Number(head.slice(STATUS_AT, STATUS_END)), body });
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the server closed the connection'));

  function fail(reason: string): void {
    if (closed) return;
    close();
    onBroken(reason);
  }

  function close(): void {
    closed = true;
    socket.destroy();
  }

  return { opened, send: (request: string) => socket.write(request, 'latin1'), close };
}
