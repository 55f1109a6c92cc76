/**
 * One writer of a stream at a time within this process, in the order in which they came, so that many commands on one payment don't lose the
 * race to each other again and again. Between processes the journal decides. `waited`: what the caller knew of the stream may be old.
 */
export function createTurns() {
  const last = new Map<string, Promise<void>>();

  return async function inTurn<Value>(stream: string, work: (waited: boolean) => Promise<Value>): Promise<Value> {
    const before = last.get(stream);
    let end: () => void = () => {};
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    last.set(stream, mine);
    try {
      await before;
      return await work(before !== undefined);
    } finally {
      end();
      if (last.get(stream) === mine) last.delete(stream);
    }
  };
}
