import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Provider } from '#core/provider/port.ts';
import { type Behaviour, type Examined, judge, type Verdict } from './behaviour.ts';
import { ACCOUNT } from './behaviours/account.ts';
import { INQUIRY } from './behaviours/inquiry.ts';
import { LIFE } from './behaviours/life.ts';
import { READING } from './behaviours/reading.ts';
import { REQUESTS } from './behaviours/requests.ts';
import { TELLING } from './behaviours/telling.ts';
import { TOLD } from './behaviours/told.ts';
import { WEBHOOKS } from './behaviours/webhooks.ts';
import type { Subject } from './subject.ts';

export const BEHAVIOURS: readonly Behaviour[] = [
  ...TOLD,
  ...ACCOUNT,
  ...REQUESTS,
  ...READING,
  ...TELLING,
  ...INQUIRY,
  ...WEBHOOKS,
  ...LIFE,
];

const here = path.dirname(fileURLToPath(import.meta.url));
const providersFolder = path.join(here, '../../src/providers');

export type Judged = { behaviour: string; verdict: Verdict };
export type Report = { provider: string; subject: Subject | null; judged: readonly Judged[] };

/** Every folder of src/providers that holds an adapter: by being there it is examined. */
export function providerNames(): readonly string[] {
  return readdirSync(providersFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
    .sort();
}

/** The adapter is the export with the folder's name; what the kit must know beside it stands in test/conformance/<name>/subject.ts. */
export async function loadSubject(name: string): Promise<Subject | string> {
  const subjectFile = path.join(here, name, 'subject.ts');
  if (!existsSync(subjectFile)) return `test/conformance/${name}/subject.ts is missing: it tells the kit about ${name}`;
  const { subject } = (await import(subjectFile)) as { subject?: Subject };
  if (subject === undefined) return `test/conformance/${name}/subject.ts exports no subject`;
  const module = (await import(path.join(providersFolder, name, 'provider.ts'))) as Record<
    string,
    Provider | undefined
  >;
  if (module[name] !== subject.provider)
    return `src/providers/${name}/provider.ts exports no ${name}, or not the one that is examined`;
  return subject.provider.name === name ? subject : `its name is ${subject.provider.name} and its folder is ${name}`;
}

/** Opens the description once for all behaviours, and closes it. */
export async function withOpenDescription<Result>(
  subject: Subject,
  work: (examined: Examined) => Promise<Result>,
): Promise<Result> {
  const { description } = subject;
  const described = description.kind === 'none' ? null : await description.open();
  try {
    return await work({ subject, described });
  } finally {
    if (described !== null && 'close' in described) await described.close();
    await subject.close?.();
  }
}

/** All verdicts on one adapter, in the order of the behaviours. */
export async function examine(name: string, told: (judged: Judged) => void = () => {}): Promise<Report> {
  const subject = await loadSubject(name);
  if (typeof subject === 'string') {
    const verdict = { kind: 'failed', why: subject } as const;
    return { provider: name, subject: null, judged: BEHAVIOURS.map(({ name: behaviour }) => ({ behaviour, verdict })) };
  }
  return await withOpenDescription(subject, async (examined) => {
    const judged: Judged[] = [];
    for (const behaviour of BEHAVIOURS) {
      const one = { behaviour: behaviour.name, verdict: await judge(behaviour, examined) };
      judged.push(one);
      told(one);
    }
    return { provider: name, subject, judged };
  });
}
