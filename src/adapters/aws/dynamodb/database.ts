import {
  type ConsumedCapacity,
  DynamoDBClient,
  type DynamoDBClientConfig,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import { Fault } from '#core/kit/fault.ts';

/** What a request has cost, as the database says: units, 1 KB written or 4 KB consistently read each. */
export type Consumed = { table: string; kind: 'read' | 'write'; units: number };

export type Database = {
  client: DynamoDBClient;
  /** Tables are named `<prefix>-journal`, `<prefix>-documents`, …. */
  prefix: string;
  onConsumed: (consumed: Consumed) => void;
};

export type DatabaseOptions = {
  prefix: string;
  region: string;
  /** Null for AWS itself. */
  endpoint: string | null;
  onConsumed?: Database['onConsumed'];
};

const CONNECTION_TIMEOUT_MS = 1000;
/** Shorter than what a caller can wait: a second try has to fit in. */
const REQUEST_TIMEOUT_MS = 3000;
const ATTEMPTS_MAX = 3;
const SOCKETS_MAX = 128;

/** Credentials come from the environment or the role, as the SDK finds them. */
export function createDatabase({ prefix, region, endpoint, onConsumed = () => {} }: DatabaseOptions): Database {
  const config: DynamoDBClientConfig = {
    region,
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
    },
  };
  if (endpoint !== null) config.endpoint = endpoint;
  return { client: new DynamoDBClient(config), prefix, onConsumed };
}

export function tell({ onConsumed }: Database, kind: Consumed['kind'], capacity: ConsumedCapacity | undefined): void {
  const { TableName: table, CapacityUnits: units } = capacity ?? {};
  if (table !== undefined && units !== undefined) onConsumed({ table, kind, units });
}

const NOT_RETRYABLE: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** After one, a write may have taken place or not. */
export async function faulted<Result>(what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const { name, message } = cause as Error;
    const retryable = !(cause instanceof DynamoDBServiceException) || !NOT_RETRYABLE.has(name);
    throw new Fault('dynamodb_failed', `${what}: ${name}: ${message}`, { retryable, cause });
  }
}
