import type { OpenDescription, Subject } from './subject.ts';

export type Verdict =
  | { kind: 'passed' }
  | { kind: 'failed'; why: string }
  | { kind: 'not_applicable'; why: string }
  /** What it needs isn't on this machine. */
  | { kind: 'left_out'; why: string };

/** `described`: null where the provider has no official description; `absent` where it isn't on this machine. */
export type Examined = { subject: Subject; described: OpenDescription | { absent: string } | null };

export type Behaviour = {
  name: string;
  /** Resolves to nothing when it holds; throws when it doesn't. */
  run: (examined: Examined) => Promise<Verdict | undefined> | Verdict | undefined;
};

export function notApplicable(why: string): Verdict {
  return { kind: 'not_applicable', why };
}

/** What needs the description: only with it at hand. */
export async function withDescription(
  { subject, described }: Examined,
  run: (description: OpenDescription) => Promise<void> | void,
): Promise<Verdict | undefined> {
  if (described === null)
    return notApplicable(subject.description.kind === 'none' ? subject.description.reason : 'it was not opened');
  if ('absent' in described) return { kind: 'left_out', why: described.absent };
  await run(described);
  return undefined;
}

/** A behaviour that fails says so; it never takes the others with it. */
export async function judge(behaviour: Behaviour, examined: Examined): Promise<Verdict> {
  try {
    return (await behaviour.run(examined)) ?? { kind: 'passed' };
  } catch (cause) {
    return { kind: 'failed', why: messageOf(cause) };
  }
}

/** fast-check has the failure itself as the cause of its own, which says what it was found with. */
function messageOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault.cause === undefined) return fault.message;
  const found = fault.message.split('\n').find((line) => line.startsWith('Counterexample')) ?? '';
  return `${messageOf(fault.cause)}\n${found}`;
}
