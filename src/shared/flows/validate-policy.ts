/** What is wrong with what a step does when it fails (F5), and with its cache (F6). */
import { errorPort, type FlowGraph, type GraphStep, portNamed } from './graph.ts';
import { mismatch } from './types.ts';
import type { Finding } from './validate.ts';

export function policyFindings(graph: FlowGraph, step: GraphStep): Finding[] {
  const { policy } = step.step;
  if (policy === undefined) return [];
  return [
    ...(policy.onError === 'default' ? defaultFindings(step, policy.defaultOutputs ?? {}) : []),
    ...(policy.onError === 'port' ? portFindings(graph, step) : []),
    ...(policy.cache === true ? cacheFindings(step) : []),
  ];
}

function defaultFindings(step: GraphStep, given: Readonly<Record<string, unknown>>): Finding[] {
  const { outputs } = step.ports;
  if (outputs.length > 0 && Object.keys(given).length === 0)
    return [finding(step, 'defaultOutputs', `If it fails it gives a default, but none is set`)];
  return Object.entries(given).flatMap(([name, value]) => {
    const port = portNamed(outputs, name);
    const wrong = port === null ? 'it has no such output' : mismatch(port.type, value);
    return wrong === null
      ? []
      : [finding(step, `defaultOutputs/${name}`, `Default for ${port?.title ?? name}: ${wrong}`)];
  });
}

function portFindings(graph: FlowGraph, step: GraphStep): Finding[] {
  const used = (graph.from.get(step.id) ?? []).some(({ from }) => from.port === errorPort.name);
  if (used) return [];
  const message = `If ${step.step.name} fails, the run goes on, and nothing leads from its output "${errorPort.title}"`;
  return [{ code: 'error_unused', severity: 'warning', message, stepId: step.id }];
}

function cacheFindings({ id, type }: GraphStep): Finding[] {
  const why = type.sideEffects
    ? `${type.name} has effects beyond its outputs, so it is executed every time`
    : type.executes === 'container'
      ? 'A Map is not kept as a whole; set this at the steps inside'
      : null;
  return why === null ? [] : [{ code: 'cache_unused', severity: 'warning', message: why, stepId: id }];
}

function finding({ id }: GraphStep, field: string, message: string): Finding {
  return { code: 'policy_wrong', severity: 'error', message, stepId: id, field: `policy/${field}` };
}
