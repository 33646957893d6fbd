import { diffLines } from 'diff';

/** Two texts line by line: what is gone, what came, and a little of what stayed around it. */
export function TextDiff({ then, now }: { then: string; now: string }) {
  const parts = diffLines(then, now);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="flow-diff" tabIndex={0} aria-label="What changed in the settings">
      {parts.map((part, index) => {
        const kind = part.added ? 'added' : part.removed ? 'removed' : 'same';
        const lines = part.value.replace(/\n$/, '').split('\n');
        const shown = kind === 'same' ? shorten(lines, index === 0, index === parts.length - 1) : lines;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
          <div key={index} data-kind={kind}>
            {shown.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
              <div key={at}>
                <span aria-hidden="true">{kind === 'added' ? '+' : kind === 'removed' ? '−' : ' '}</span>
                {kind !== 'same' && <span className="sr-only">{kind === 'added' ? 'Added: ' : 'Removed: '}</span>}
                {line}
              </div>
            ))}
          </div>
        );
      })}
    </section>
  );
}

const context = 3;

/** Of what stayed the same, the lines next to a change. */
function shorten(lines: readonly string[], first: boolean, last: boolean): readonly string[] {
  const head = first ? [] : lines.slice(0, context);
  const tail = last ? [] : lines.slice(-context);
  return lines.length <= head.length + tail.length + 1 ? lines : [...head, '…', ...tail];
}
