import type { ReactNode } from 'react';
import type { HostLook } from '../../../shared/model/remote-host.ts';
import { Notice } from '../../ui/notice.tsx';
import { FingerprintGroups } from './fingerprint.tsx';
import { trustWords } from './host-words.ts';

/** Name, address and fingerprint of a host before it is trusted. */
export function HostFacts({ look: { origin, fingerprint, trust, offer } }: { look: HostLook }) {
  return (
    <dl className="mt-4 grid grid-cols-[108px_minmax(0,1fr)] gap-x-4 gap-y-2.5">
      {offer !== null && <Fact name="Host">{offer.hostName}</Fact>}
      <Fact name="Address">
        <code className="text-12 break-all">{origin}</code>
      </Fact>
      {offer !== null && <Fact name="Invited by">{offer.invitedBy}</Fact>}
      {offer !== null && <Fact name="Your role">{offer.role}</Fact>}
      <Fact name="Certificate">
        {fingerprint !== null && <FingerprintGroups of={fingerprint} label="Fingerprint of its certificate" />}
        {trust === 'ask' ? (
          <Notice tone="warn" className="mt-2">
            {trustWords.ask}
          </Notice>
        ) : (
          <p className="mt-1 text-12 text-ink-2">{trustWords[trust]}</p>
        )}
      </Fact>
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
