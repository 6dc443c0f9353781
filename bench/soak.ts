// `npm run soak [-- --seconds 600]`: good load, everything bad there is, kills and jumping clocks at once, for ten minutes;
// ends in an audit. Exits with 1 where anything was lost, doubled or answered wrongly, or memory grew.

import { parseArgs } from 'node:util';
import { soak } from './soak/run.ts';
import { growthOf } from './soak/verdict.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });

console.log(`Soaking for ${values.seconds} s; memory of the server that lives:`);
const { memory, kills, mischief, lived, killed, findings } = await soak({
  seconds: Number(values.seconds),
  say: (line) => console.log(line),
});
console.log(`memory: last third ${(growthOf(memory) * 100).toFixed(1)} % above the first, once settled`);
for (const [name, { acknowledged, events, messages, unknown }] of Object.entries({ lived, killed }))
  console.log(`${name}: ${acknowledged} acknowledged, ${events} stored, ${messages} messages, ${unknown} unknown`);
console.log(`${kills} kills, ${mischief} bad requests and the like`);
for (const line of findings.slice(0, 100)) console.log(`FINDING ${line}`);
console.log(findings.length === 0 ? 'Nothing lost, nothing doubled.' : `${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;
