import type { Approval } from '../../../shared/model/approval.ts';
import { endWords, glyphOfApproval } from '../../app/approval-words.ts';
import { formatWhen } from '../../ui/numbers.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';

interface ApprovalListProps {
  pending: readonly Approval[];
  decided: readonly Approval[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** What waits for an answer, then what has one. */
export function ApprovalList({ pending, decided, chosen, onChoose }: ApprovalListProps) {
  return (
    <>
      <Group title="Wait for an answer" approvals={pending} chosen={chosen} onChoose={onChoose} />
      {decided.length > 0 && <Group title="Decided" approvals={decided} chosen={chosen} onChoose={onChoose} />}
    </>
  );
}

interface GroupProps {
  title: string;
  approvals: readonly Approval[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

const Group = ({ title, approvals, chosen, onChoose }: GroupProps) => (
  <section aria-label={title}>
    <h2 className="border-b border-line bg-canvas px-5 py-1.5 text-12 text-ink-2">{title}</h2>
    {approvals.length === 0 ? (
      <p className="border-b border-line px-5 py-3 text-ink-3">Nothing waits for you.</p>
    ) : (
      <ul>
        {approvals.map((approval) => (
          <Row
            key={approval.id}
            approval={approval}
            isChosen={chosen === approval.id}
            onChoose={() => onChoose(approval.id)}
          />
        ))}
      </ul>
    )}
  </section>
);

function Row({ approval, isChosen, onChoose }: { approval: Approval; isChosen: boolean; onChoose: () => void }) {
  const now = useNow(60_000);
  const open = approval.state === 'pending';
  return (
    <li className="border-b border-line">
      <button
        type="button"
        aria-current={isChosen}
        className={`grid w-full grid-cols-[18px_1fr_auto] items-start gap-x-2 px-5 py-2.5 text-left hover:bg-hover ${isChosen ? 'bg-hover' : ''}`}
        onClick={onChoose}
      >
        <StateGlyph state={glyphOfApproval[approval.state]} className="mt-0.75" />
        <span className="min-w-0">
          <span className="cut block font-medium">{approval.question}</span>
          <span className="cut block text-12 text-ink-3">
            {approval.flowName}, run {approval.runNumber}
          </span>
          <span className={`cut block text-12 ${open ? 'text-warn' : 'text-ink-2'}`}>
            {open ? `until ${formatWhen(approval.deadline, now)}` : endWords(approval)}
          </span>
        </span>
        <RelativeTime
          at={approval.decidedAt ?? approval.requestedAt}
          className="text-12 whitespace-nowrap text-ink-3"
        />
      </button>
    </li>
  );
}
