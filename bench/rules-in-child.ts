// SPDX-License-Identifier: Apache-2.0
// Compiles as many rules as asked, once, in a process that has compiled nothing before, and prints
// how long it took and how much stays in memory: `node --expose-gc rules-in-child.ts 5000`.

import { makeEnvironmentPlain } from '@fimbul/config';
import { compilePolicies, emitRuleSet } from '@fimbul/rules';
import { fields } from '@fimbul/schema';
import { makeRuleSample } from './rule-samples.ts';

// As the agent does.
makeEnvironmentPlain();
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined) throw new Error('start this with --expose-gc');

function measureMemory(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const sample = makeRuleSample(Number(process.argv[2]));
const accessors = new Map(
  [...fields.map(({ name }) => name), 'process.ancestors.length'].map((name) => [name, () => '']),
);
const before = measureMemory(collectGarbage);
const cpuBefore = process.cpuUsage();
const start = performance.now();
const compiled = compilePolicies([sample]);
const emitted = emitRuleSet(compiled, accessors);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
const bytes = measureMemory(collectGarbage) - before;
if (compiled.ruleCount !== Number(process.argv[2]) || emitted.programs.size === 0) {
  throw new Error(`${compiled.ruleCount} rules were compiled`);
}
process.stdout.write(`${JSON.stringify({ ms, cpuMs: (user + system) / 1000, bytes })}\n`);
