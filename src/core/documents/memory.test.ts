import test from 'node:test';
import { DOCUMENTS_CONTRACT } from './contract.ts';
import { createMemoryDocuments } from './memory.ts';

for (const { name, run } of DOCUMENTS_CONTRACT) test(`memory documents: ${name}`, () => run(createMemoryDocuments()));
