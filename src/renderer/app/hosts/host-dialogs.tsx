import { HostsDialog } from './hosts-dialog.tsx';
import { closeHostDialogs, useHostDialogs } from './hosts-state.ts';
import { JoinDialog } from './join-dialog.tsx';

/** The dialogs about hosts; loaded when the first of them opens. */
export function HostDialogs() {
  const { open, text } = useHostDialogs();
  if (open === 'join') return <JoinDialog key={text} text={text} onClose={closeHostDialogs} />;
  return open === 'hosts' ? <HostsDialog onClose={closeHostDialogs} /> : null;
}
