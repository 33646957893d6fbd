import { showFingerprint } from '../../../shared/fingerprint.ts';

/** A fingerprint in groups that two people can read to each other; four in a row. */
export const FingerprintGroups = ({ of, label }: { of: string; label: string }) => (
  <>
    <span className="sr-only">{label}:</span>
    <code className="grid w-fit grid-cols-4 gap-x-3 gap-y-0.5 rounded-control bg-sunken px-3 py-2 text-12">
      {showFingerprint(of)
        .split(' ')
        .map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups repeat, and never move
          <span key={at}>{group}</span>
        ))}
    </code>
  </>
);
