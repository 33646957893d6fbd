import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Value } from 'typebox/value';
import { type Hosting, HostingSettings } from '../../../shared/model/hosting.ts';
import { useApi } from '../../api/api.ts';
import { HostingSwitch, hostingQuery, settingsOf, useChangeHosting } from '../../app/hosting.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { formatPlural } from '../../ui/numbers.ts';
import { Panel } from '../../ui/panel.tsx';

/** How other machines reach this host, and who is connected. */
export function Host() {
  const { data } = useQuery({ ...hostingQuery(useApi()), refetchInterval: 10_000 });
  return (
    <Panel title="Host" note="For other machines">
      <div className="p-4">
        <HostingSwitch />
      </div>
      {data !== undefined && <Place key={JSON.stringify(settingsOf(data))} of={data} />}
      {data !== undefined && <Connected of={data.connected} />}
    </Panel>
  );
}

function Place({ of: hosting }: { of: Hosting }) {
  const change = useChangeHosting();
  const [address, setAddress] = useState(hosting.address);
  const [port, setPort] = useState(String(hosting.port));
  const [names, setNames] = useState(hosting.names.join(' '));
  const next = {
    enabled: hosting.enabled,
    address: address.trim(),
    port: Number(port),
    names: names.split(/[\s,]+/).filter((name) => name !== ''),
    findable: hosting.findable ?? false,
  };
  const valid = port.trim() !== '' && Value.Check(HostingSettings, next);
  const same = JSON.stringify(next) === JSON.stringify(settingsOf(hosting));
  return (
    <div className="grid gap-3 border-t border-line p-4 narrow:grid-cols-[1fr_110px]">
      <Field label="Address" help="0.0.0.0 is every address of this machine.">
        <Input
          mono
          value={address}
          maxLength={64}
          spellCheck={false}
          onChange={(event) => setAddress(event.target.value)}
        />
      </Field>
      <Field label="Port">
        <Input mono inputMode="numeric" value={port} maxLength={5} onChange={(event) => setPort(event.target.value)} />
      </Field>
      <Field
        label="Names"
        help="By which people call this host, such as box.example; separated by spaces. Unknown names are refused."
      >
        <Input mono value={names} spellCheck={false} onChange={(event) => setNames(event.target.value)} />
      </Field>
      <div className="self-end">
        <Button disabled={!valid || same} pending={change.isPending} onClick={() => change.mutate(next)}>
          Save
        </Button>
      </div>
    </div>
  );
}

const Connected = ({ of: { nodes, people } }: { of: Hosting['connected'] }) => (
  <div className="border-t border-line p-4">
    <h3 className="text-12 text-ink-3">Connected now</h3>
    {nodes.length + people.length === 0 ? (
      <p className="mt-1 text-12 text-ink-2">Nobody.</p>
    ) : (
      <ul aria-label="Connected now" className="mt-1 flex flex-col gap-1">
        {nodes.map(({ id, name, embedded }) => (
          <li key={id} className="row gap-2">
            <span className="cut">{name}</span>
            <span className="text-12 text-ink-3">{embedded ? 'node, this machine' : 'node'}</span>
          </li>
        ))}
        {people.map(({ userId, name, windows }) => (
          <li key={userId} className="row gap-2">
            <span className="cut">{name}</span>
            <span className="text-12 text-ink-3">{formatPlural(windows, 'window')}</span>
          </li>
        ))}
      </ul>
    )}
  </div>
);
