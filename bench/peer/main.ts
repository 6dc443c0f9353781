// `node dist/bench/peer/main.js PEER --url URL --key KEY [--sink 2525]`: our burst against a peer; bench/README.md says
// how to set one up. The peer must send its mail to the sink on this machine.

import { parseArgs } from 'node:util';
import { printTable } from '../table.ts';
import { compare } from './compare.ts';
import { parcelvoy } from './parcelvoy.ts';
import type { Peer } from './peer.ts';
import { openSink } from './sink.ts';
import { tropa } from './tropa.ts';

const PEERS: Readonly<Record<string, (key: string) => Peer>> = { parcelvoy, tropa };
const text = (fallback?: string) => ({ type: 'string', ...(fallback !== undefined && { default: fallback }) }) as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: text(),
    key: text(),
    sink: text('2525'),
    people: text('10000'),
    events: text('20000'),
    patience: text('30'),
  },
});
const make = PEERS[positionals[0] ?? ''];
if (make === undefined || values.url === undefined || values.key === undefined) {
  console.error(
    `node dist/bench/peer/main.js ${Object.keys(PEERS).join('|')} --url URL --key KEY [--sink 2525] [--people N] [--events N]`,
  );
  process.exit(2);
}
const sink = await openSink(Number(values.sink));
const size = {
  people: Number(values.people),
  events: Number(values.events),
  batch: 100,
  connections: 4,
  patienceMs: Number(values.patience) * 1_000,
};
printTable(await compare(values.url, make(values.key), sink, size));
sink.close();
