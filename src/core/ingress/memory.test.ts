import test from 'node:test';
import { INBOX_CONTRACT, REFERENCES_CONTRACT } from './contract.ts';
import { createMemoryInbox, createMemoryReferences } from './memory.ts';

for (const { name, run } of INBOX_CONTRACT) test(`memory inbox: ${name}`, () => run(createMemoryInbox()));
for (const { name, run } of REFERENCES_CONTRACT) test(`memory references: ${name}`, () => run(createMemoryReferences));
