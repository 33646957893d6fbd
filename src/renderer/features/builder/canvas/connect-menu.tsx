import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { Icon } from '../../../ui/icon.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { PortShape } from '../../../ui/port-shape.tsx';
import { connect } from '../model/actions.ts';
import { useBuilder, useFlow, useUi } from '../model/builder.ts';
import { typeLook } from '../model/port-look.ts';
import { fitsOf, graphOf, portAt, stepPorts } from '../model/ports.ts';
import type { PortEnd } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import { rankWords } from './rank-words.ts';

/** Connects by choosing from a list, without a pointer: every edge that could start or end at the chosen step. */
export function ConnectMenu() {
  const { ui } = useBuilder();
  const doing = useDoing();
  const stepId = useUi((state) => state.connecting);
  const graph = useFlow(graphOf);
  const close = () => ui.setState({ connecting: null });
  if (stepId === null) return null;
  const ways = waysOf(graph, stepId);
  const take = ({ from, to }: Way) => {
    close();
    connect(doing, from, to);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="ui-scrim" />
        <Dialog.Content className="ui-palette" aria-describedby={undefined}>
          <Dialog.Title className="sr-only">{`Connect ${graph.steps.get(stepId)?.step.name ?? 'this step'}`}</Dialog.Title>
          <Command loop filter={rankWords}>
            <div className="ui-palette-ask">
              <Icon of={Search} />
              <Command.Input
                placeholder={`Connect ${graph.steps.get(stepId)?.step.name ?? ''} with`}
                aria-label="Find a step or a port"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.Empty>Nothing that fits has this name.</Command.Empty>
            <Command.List>
              {(['output', 'input'] as const)
                .filter((side) => ways.some((way) => way.side === side))
                .map((side) => (
                  <Command.Group key={side} heading={side === 'output' ? 'Gives to' : 'Takes from'}>
                    {ways
                      .filter((way) => way.side === side)
                      .map((way) => (
                        <Command.Item
                          key={way.key}
                          value={way.key}
                          keywords={[way.own, way.other]}
                          onSelect={() => take(way)}
                        >
                          <PortShape {...typeLook(way.type)} size={14} />
                          <span>{way.own}</span>
                          <span className="text-ink-3">{side === 'output' ? '→' : '←'}</span>
                          <span>{way.other}</span>
                        </Command.Item>
                      ))}
                  </Command.Group>
                ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface Way {
  key: string;
  side: 'output' | 'input';
  from: PortEnd;
  to: PortEnd;
  type: string;
  own: string;
  other: string;
}

/** Every edge that would fit at a step. */
export function waysOf(graph: FlowGraph, stepId: string): Way[] {
  const ports = stepPorts(graph, stepId);
  const ends: PortEnd[] = [
    ...[...ports.outputs, ...ports.innerOutputs].map(({ name }) => ({
      step: stepId,
      port: name,
      side: 'output' as const,
    })),
    ...[...ports.inputs, ...ports.innerInputs].map(({ name }) => ({
      step: stepId,
      port: name,
      side: 'input' as const,
    })),
  ];
  return ends.flatMap((end) =>
    [...fitsOf(graph, end)].flatMap(([key, reason]) => {
      if (reason !== null) return [];
      const [step = '', side, port = ''] = key.split('|');
      const other: PortEnd = { step, port, side: side === 'output' ? 'output' : 'input' };
      const [from, to] = end.side === 'output' ? [end, other] : [other, end];
      if (isThere(graph, from, to)) return [];
      return [
        {
          key: `${end.side}:${end.port}:${key}`,
          side: end.side,
          from,
          to,
          type: portAt(graph, from)?.type ?? 'any',
          own: portAt(graph, end)?.title ?? end.port,
          other: `${graph.steps.get(step)?.step.name ?? step}: ${portAt(graph, other)?.title ?? port}`,
        },
      ];
    }),
  );
}

const isThere = (graph: FlowGraph, from: PortEnd, to: PortEnd): boolean =>
  (graph.into.get(to.step) ?? []).some(
    (edge) => edge.to.port === to.port && edge.from.step === from.step && edge.from.port === from.port,
  );
