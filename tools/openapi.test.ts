import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createOpenApiDocument } from '#api/openapi/document.ts';
import { findOpenApiDrift, OPENAPI_FILE, undeclaredBreaks, undeclaredBreaksOfHistory } from './openapiDoc.ts';
import { findTypesDrift, generateTypes, TYPES_FILE } from './openapiTypes.ts';
import { findProblemsDrift } from './problemsDoc.ts';
import { root, runTool } from './processes.ts';

test('the committed document, the page of problems and the types of the client are what the code says', () => {
  assert.equal(findOpenApiDrift(), null);
  assert.equal(findProblemsDrift(), null);
  assert.equal(findTypesDrift(), null);
});

test('what breaks clients is declared, with a reason', () => {
  assert.deepEqual(undeclaredBreaks(), []);
  assert.deepEqual(undeclaredBreaksOfHistory(), []);
});

test('an undeclared break is found', () => {
  const after = createOpenApiDocument();
  delete after.paths['/v1/payments'];
  assert.match(undeclaredBreaks(after).join('\n'), /POST \/v1\/payments: removed/);
});

const lint = (file: string) => runTool('redocly', ['lint', file, '--format=stylish', `--config=${root}/redocly.yaml`]);
const validate = async (document: object) =>
  (await new Validator().validate(JSON.parse(JSON.stringify(document)) as Record<string, never>)).valid;

test('two linters: no error and no warning', async () => {
  const { ok, output } = await lint(OPENAPI_FILE);
  assert.ok(ok, output);
  assert.match(output, /Your API description is valid/);
  assert.equal(await validate(createOpenApiDocument()), true);
});

test('with an issuer elsewhere the document sends nobody to a token endpoint that is not there', async () => {
  const document = createOpenApiDocument({ issuer: 'https://login.example/pool/', scopePrefix: 'florin/' });
  assert.equal(await validate(document), true);
  assert.deepEqual(document.components.securitySchemes, {
    oauth2: {
      type: 'openIdConnect',
      description: 'An access token of the issuer, as a bearer token; each scope is written with `florin/` before it',
      openIdConnectUrl: 'https://login.example/pool/.well-known/openid-configuration',
    },
  });
});

test('the linters can fail', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'florin-lint-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'openapi.json');
  const wrong = createOpenApiDocument();
  Object.assign(wrong.info, { title: undefined });
  writeFileSync(file, JSON.stringify(wrong));
  assert.equal((await lint(file)).ok, false);
  assert.equal(await validate(wrong), false);
});

test('in CI: the generator makes the very types that are committed', { skip: process.env['CI'] === undefined }, () => {
  assert.equal(generateTypes(), readFileSync(TYPES_FILE, 'utf8'));
});
