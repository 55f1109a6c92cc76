import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { Document, DocumentPageRequest, Documents } from '#core/documents/ports.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import { type Database, faulted, tell } from './database.ts';

/** One item a document, at (collection, key). DynamoDB orders keys by their UTF-8 bytes. */
export function createDynamoDocuments(database: Database): Documents {
  const { client } = database;
  const table = `${database.prefix}-documents`;

  async function get(collection: string, key: string): Promise<Document | null> {
    const { Item, ConsumedCapacity } = await client.send(
      new GetItemCommand({
        TableName: table,
        Key: keyOf(collection, key),
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    tell(database, 'read', ConsumedCapacity);
    return Item === undefined ? null : documentOf(Item);
  }

  async function put(collection: string, key: string, { body, expectedVersion }: Change) {
    const { ConsumedCapacity } = await client.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          ...keyOf(collection, key),
          version: { N: String(expectedVersion + 1) },
          body: { S: JSON.stringify(body) },
        },
        ...(expectedVersion === 0 ? { ConditionExpression: 'attribute_not_exists(version)' } : seen(expectedVersion)),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    tell(database, 'write', ConsumedCapacity);
    return 'stored' as const;
  }

  async function remove(collection: string, key: string, expectedVersion: number) {
    const { ConsumedCapacity } = await client.send(
      new DeleteItemCommand({
        TableName: table,
        Key: keyOf(collection, key),
        ...seen(expectedVersion),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    tell(database, 'write', ConsumedCapacity);
    return 'removed' as const;
  }

  async function list(collection: string, { prefix, after, limit }: DocumentPageRequest) {
    const documents: Document[] = [];
    let start: Record<string, AttributeValue> | undefined = after === null ? undefined : keyOf(collection, after);
    do {
      const { Items, LastEvaluatedKey, ConsumedCapacity } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: `#collection = :collection${prefix === '' ? '' : ' AND begins_with(#key, :prefix)'}`,
          ExpressionAttributeNames: {
            '#collection': 'collection',
            ...(prefix === '' ? {} : { '#key': 'key' }),
          },
          ExpressionAttributeValues: {
            ':collection': { S: collection },
            ...(prefix === '' ? {} : { ':prefix': { S: prefix } }),
          },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          Limit: limit + 1 - documents.length,
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      tell(database, 'read', ConsumedCapacity);
      documents.push(...(Items ?? []).map(documentOf));
      start = LastEvaluatedKey;
    } while (start !== undefined && documents.length <= limit);
    const last = documents.length > limit ? documents[limit - 1] : undefined;
    return { documents: documents.slice(0, limit), next: last?.key ?? null };
  }

  return {
    get: (collection, key) => faulted(`reading ${collection}`, get(collection, key)),
    put: (collection, key, change) => faulted(`writing to ${collection}`, orConflict(put(collection, key, change))),
    remove: (collection, key, expectedVersion) =>
      faulted(`removing from ${collection}`, orConflict(remove(collection, key, expectedVersion))),
    list: (collection, page) => faulted(`listing ${collection}`, list(collection, page)),
  };
}

type Change = { body: Json; expectedVersion: number };

function keyOf(collection: string, key: string): Record<string, AttributeValue> {
  return { collection: { S: collection }, key: { S: key } };
}

function seen(version: number) {
  return {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}

async function orConflict<Done>(work: Promise<Done>): Promise<Done | 'conflict'> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return 'conflict';
    throw cause;
  }
}

function documentOf(item: Record<string, AttributeValue>): Document {
  return {
    key: item['key']?.S ?? '',
    version: Number(item['version']?.N),
    body: JSON.parse(item['body']?.S ?? '') as Json,
  };
}
