import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import type { StoredCommit } from '#core/journal/commit.ts';
import type { Journal } from '#core/journal/ports.ts';
import { type Database, faulted, tell } from './database.ts';

/**
 * One commit is one item at (stream, seq), put on the condition that there is none: one write unit for up to 1 KB. No
 * index, no transaction. Its stream of changes is the feed.
 */
export function createDynamoJournal(database: Database): Journal {
  const { client } = database;
  const table = `${database.prefix}-journal`;

  async function append(commit: StoredCommit): Promise<'appended' | 'conflict'> {
    try {
      const { ConsumedCapacity } = await client.send(
        new PutItemCommand({
          TableName: table,
          Item: itemOf(commit),
          ConditionExpression: 'attribute_not_exists(seq)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      tell(database, 'write', ConsumedCapacity);
      return 'appended';
    } catch (cause) {
      if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      // The client may have tried twice, and the first try may have been the one that is stored.
      return isFirstTry(cause) || cause.Item?.['commit_id']?.S !== commit.commitId ? 'conflict' : 'appended';
    }
  }

  async function read(stream: string): Promise<readonly StoredCommit[]> {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: '#stream = :stream',
        ExpressionAttributeNames: { '#stream': 'stream' },
        ExpressionAttributeValues: { ':stream': { S: stream } },
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      },
    );
    const commits: StoredCommit[] = [];
    for await (const { Items, ConsumedCapacity } of pages) {
      tell(database, 'read', ConsumedCapacity);
      commits.push(...(Items ?? []).map(commitOf));
    }
    return commits;
  }

  return {
    append: (commit) => faulted(`appending ${commit.stream}/${commit.seq}`, append(commit)),
    read: (stream) => faulted(`reading ${stream}`, read(stream)),
  };
}

function isFirstTry({ $metadata }: ConditionalCheckFailedException): boolean {
  return ($metadata.attempts ?? 1) === 1;
}

type Item = Record<string, AttributeValue>;

function itemOf({ stream, seq, commitId, facts, personal, hash }: StoredCommit): Item {
  return {
    stream: { S: stream },
    seq: { N: String(seq) },
    commit_id: { S: commitId },
    facts: { S: facts },
    ...(personal === null ? {} : { personal: { S: personal } }),
    hash: { S: hash },
  };
}

/** Of a read, or of an image in the table's stream of changes. Throws a TypeError for an item that is no commit. */
function commitOf(item: Item): StoredCommit {
  return {
    stream: text(item, 'stream'),
    seq: Number(item['seq']?.N),
    commitId: text(item, 'commit_id'),
    facts: text(item, 'facts'),
    personal: item['personal']?.S ?? null,
    hash: text(item, 'hash'),
  };
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new TypeError(`the item has no text ${name}`);
  return value;
}
