import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Children } from './children.ts';
import type { FloorPlan } from './rows.ts';

export type Floor = Awaited<ReturnType<typeof startFloor>>;

export async function startFloor({ children, folder, plan }: { children: Children; folder: string; plan: FloorPlan }) {
  const data = join(folder, 'floor');
  mkdirSync(data);
  const echo = children.start({
    name: "floor's echo",
    entry: 'bench/floorEcho.ts',
    env: { FLOOR_REPLY_BYTES: String(plan.replyBytes) },
  });
  const echoUrl = await echo.url();
  const server = children.start({
    name: 'floor',
    entry: 'bench/floorServer.ts',
    env: { FLOOR_DATA: data, FLOOR_PLAN: JSON.stringify(plan), FLOOR_ECHO_URL: echoUrl },
  });
  const url = await server.url();
  return { server, echo, port: Number(new URL(url).port), data };
}

/** Every table of the floor has a row a payment, or it did less than it was measured for. */
export function checkFloorRows({ data }: Pick<Floor, 'data'>, plan: FloorPlan, payments: number): string[] {
  const db = new DatabaseSync(join(data, 'floor.sqlite'), { readOnly: true });
  const tables = [...plan.beforeBytes.map((_, n) => `before_${n}`), ...plan.afterBytes.map((_, n) => `after_${n}`)];
  const counts = tables.map((table) => Number(db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']));
  db.close();
  return tables.flatMap((table, n) =>
    counts[n] === payments ? [] : [`the floor answered ${payments} payments and has ${counts[n]} rows in ${table}`],
  );
}
