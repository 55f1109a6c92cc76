import { writeFileSync } from 'node:fs';
import { OPENAPI_FILE, openApiText, undeclaredBreaks } from './openapiDoc.ts';
import { findTypesDrift, writeTypes } from './openapiTypes.ts';
import { PROBLEMS_FILE, problemsDocument } from './problemsDoc.ts';

// `npm run openapi` writes docs/reference/openapi.json and problems.md from the code, and the types of a client from openapi.json. What breaks
// clients has to be declared before.
const found = undeclaredBreaks();
if (found.length > 0) {
  console.error(`Not written: this breaks clients of the last commit.
Make it a change that adds, or declare each line with its reason in docs/reference/api-breaking-changes.json:
${found.map((change) => JSON.stringify({ change, reason: '' })).join(',\n')}`);
  process.exitCode = 1;
} else {
  writeFileSync(OPENAPI_FILE, openApiText());
  writeFileSync(PROBLEMS_FILE, problemsDocument());
  if (findTypesDrift() !== null) writeTypes();
}
