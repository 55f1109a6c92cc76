import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bringJars, run } from './bring.ts';
import { type Engine, type Place, portOf } from './engine.ts';
import { accepts } from './health.ts';
import { VERSIONS } from './versions.ts';

/** One node that is broker and controller in one. */
export const kafka: Engine = {
  name: 'kafka',
  version: VERSIONS.kafka,
  what: 'Kafka (one node, KRaft)',
  needs: ['java', 'maven'],
  install: (folder, tools) =>
    bringJars(folder, tools, [
      { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: VERSIONS.kafka },
      { groupId: 'org.apache.kafka', artifactId: 'kafka-tools', version: VERSIONS.kafka },
      { groupId: 'org.slf4j', artifactId: 'slf4j-simple', version: VERSIONS.slf4j },
    ]),
  server: {
    ports: ['broker', 'controller'],
    prepare: async (at) => {
      writeFileSync(configOf(at), properties(at));
      const cluster = randomBytes(16).toString('base64url');
      const { file, args } = java(at, ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', configOf(at)]);
      await run(file, args, { cwd: at.folder });
    },
    command: (at) => java(at, ['-Xmx512m', '-XX:+UseSerialGC', 'kafka.Kafka', configOf(at)]),
    isHealthy: ({ ports }) => accepts(portOf(ports, 'broker')),
    endpoints: (ports) => ({ FLORIN_KAFKA_BROKERS: `127.0.0.1:${portOf(ports, 'broker')}` }),
  },
};

function java({ installed, tools }: Place, rest: readonly string[]) {
  return { file: tools.java, args: ['-cp', path.join(installed, 'lib', '*'), ...rest] };
}

function configOf({ folder }: Place): string {
  return path.join(folder, 'server.properties');
}

function properties({ folder, ports }: Place): string {
  const broker = `127.0.0.1:${portOf(ports, 'broker')}`;
  const controller = `127.0.0.1:${portOf(ports, 'controller')}`;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(folder, 'data'),
    'num.partitions': 4,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
