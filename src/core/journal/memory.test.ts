import test from 'node:test';
import { FEED_CONTRACT, JOURNAL_CONTRACT } from './contract.ts';
import { createMemoryJournal } from './memory.ts';

for (const { name, run } of JOURNAL_CONTRACT) test(`memory: ${name}`, () => run(createMemoryJournal().journal));
for (const { name, run } of FEED_CONTRACT) test(`memory: ${name}`, () => run(createMemoryJournal()));
