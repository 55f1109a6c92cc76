import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

type Key = { partition: string; sort?: { name: string; type: 'S' | 'N' }; stream?: boolean };

/**
 * The keys of every table, by the name that follows the prefix. Tests and the local engines make tables from it; in an
 * account they are Terraform's, which a test compares with this.
 */
export const TABLES: Readonly<Record<string, Key>> = {
  journal: { partition: 'stream', sort: { name: 'seq', type: 'N' }, stream: true },
  documents: { partition: 'collection', sort: { name: 'key', type: 'S' } },
};

export function tableInput(
  prefix: string,
  name: string,
  { partition, sort, stream = false }: Key,
): CreateTableCommandInput {
  return {
    TableName: `${prefix}-${name}`,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: partition, AttributeType: 'S' },
      ...(sort === undefined ? [] : [{ AttributeName: sort.name, AttributeType: sort.type }]),
    ],
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort.name, KeyType: 'RANGE' as const }]),
    ],
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' as const } } : {}),
  };
}
