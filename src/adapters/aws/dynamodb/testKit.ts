import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { type Consumed, createDatabase } from './database.ts';
import { TABLES, tableInput } from './tables.ts';

let made = 0;

/** Empty tables of its own at a real engine. */
export async function freshDatabase(endpoint: string) {
  made += 1;
  const consumed: Consumed[] = [];
  const database = createDatabase({
    prefix: `test-${process.pid}-${made}`,
    region: 'eu-central-1',
    endpoint,
    onConsumed: (one) => consumed.push(one),
  });
  for (const [name, key] of Object.entries(TABLES))
    await database.client.send(new CreateTableCommand(tableInput(database.prefix, name, key)));
  return { database, consumed };
}
