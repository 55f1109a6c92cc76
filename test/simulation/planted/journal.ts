import { openCommit, type StoredCommit, sealCommit } from '#core/journal/commit.ts';
import type { Journal } from '#core/journal/ports.ts';
import { onJournal, type PlantedBugs } from './plant.ts';

/** Bugs at the one conditional write. */
export const JOURNAL_BUGS: PlantedBugs = {
  unconditional_append: {
    wrong: 'an append replaces what stands at its place',
    plant: {
      storage: ({ journal }) => {
        const { append, read } = journal;
        const replaced = new Map<string, StoredCommit>();
        journal.append = async (commit) => {
          if ((await append(commit)) === 'conflict') replaced.set(`${commit.stream}/${commit.seq}`, commit);
          return 'appended';
        };
        journal.read = async (stream) =>
          (await read(stream)).map((commit) => replaced.get(`${stream}/${commit.seq}`) ?? commit);
      },
    },
  },
  appended_without_deciding_again: {
    wrong: 'after a conflict the same events are appended behind what came first',
    plant: onJournal((journal) => ({
      append: async (commit) => {
        if ((await journal.append(commit)) === 'appended') return 'appended';
        return await journal.append(behind(commit, await journal.read(commit.stream)));
      },
    })),
  },
  conflict_taken_as_ours: {
    wrong: 'a conflict counts as: stored already, by us',
    plant: onJournal(({ append }) => ({
      append: async (commit) => {
        await append(commit);
        return 'appended';
      },
    })),
  },
  failed_append_taken_as_done: {
    wrong: 'an append that failed in our eyes counts as stored',
    plant: onJournal(({ append }) => ({ append: (commit) => append(commit).catch(() => 'appended' as const) })),
  },
  failed_append_tried_again: {
    wrong: 'an append that failed is made again behind the first, which may have been stored',
    plant: onJournal((journal) => ({
      append: async (commit) => {
        try {
          return await journal.append(commit);
        } catch {
          return await journal.append(behind(commit, await journal.read(commit.stream)));
        }
      },
    })),
  },
  stale_replica: {
    wrong: 'streams are read from a replica that is behind, and a conflict there is decided on again and again',
    plant: {
      ports: (ports, { world }) => {
        const { read } = ports.journal;
        const lagging: Journal['read'] = async (stream) => (await read(stream)).slice(0, -1);
        const dice = world.chance.of('stale replica');
        return {
          ...ports,
          journal: { ...ports.journal, read: (stream) => (dice.next() < 0.2 ? lagging(stream) : read(stream)) },
        };
      },
    },
  },
  write_after_read_without_condition: {
    wrong: 'the append looks whether its place is free, and then writes: two can look at once',
    plant: onJournal((journal) => ({
      append: async (commit) => {
        const stored = await journal.read(commit.stream);
        if (stored.some(({ seq }) => seq === commit.seq)) return 'conflict';
        await journal.append(commit);
        return 'appended';
      },
    })),
  },
  journal_loses_the_newest: {
    wrong: 'a write is acknowledged from memory, and now and then never reaches the disk',
    plant: {
      storage: ({ journal }, { chance }) => {
        const { append } = journal;
        const dice = chance.of('lost writes');
        journal.append = async (commit) => (dice.next() < 0.01 ? 'appended' : await append(commit));
      },
    },
  },
};

/** The same events at the next free place. */
function behind(commit: StoredCommit, stored: readonly StoredCommit[]): StoredCommit {
  const { format: _, postings: __, personalHash: ___, ...facts } = openCommit(commit);
  const last = stored.at(-1);
  const at = last === undefined ? facts.at : Math.max(facts.at, openCommit(last).at);
  const personal = commit.personal === null ? null : (JSON.parse(commit.personal) as { salt: string });
  return sealCommit({ ...facts, at, seq: stored.length + 1, previous: last?.hash ?? null, personal });
}
