import { useEffect, useRef } from 'react';
import type { OutputChunk } from '../../../../shared/model/job.ts';
import { useJobOutput } from '../../../api/use-job-output.ts';
import { Notice } from '../../../ui/notice.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';

/** What a step's job wrote, as it comes. Stays at the end while one looks at the end. */
export function LogPanel({ jobId, running }: { jobId: string; running: boolean }) {
  const output = useJobOutput(jobId);
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const lines = output.chunks.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new chunk moves the end
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  if (output.state === 'loading') return <Skeleton width="100%" height={120} />;
  if (output.state === 'failed')
    return <Notice tone="fail">The log could not be loaded. It is tried again when the step writes more.</Notice>;
  if (lines === 0) {
    return <p className="text-12 text-ink-3">{running ? 'It has written nothing yet.' : 'It wrote nothing.'}</p>;
  }
  return (
    <>
      {output.cut && <p className="text-12 text-ink-3">The beginning is no longer kept.</p>}
      <pre
        ref={box}
        className="flow-log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label="Log"
        onScroll={({ currentTarget: at }) => {
          atEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
      >
        {byAttempt(output.chunks).map(({ attempt, text }, index) => (
          <span key={attempt}>
            {(index > 0 || attempt > 1) && <b>{`Try ${attempt}\n`}</b>}
            {text}
          </span>
        ))}
        {running && <i className="caret" aria-hidden="true" />}
      </pre>
    </>
  );
}

/** The text of each attempt, in order; progress is drawn elsewhere. */
export function byAttempt(chunks: readonly OutputChunk[]): { attempt: number; text: string }[] {
  const parts = new Map<number, string[]>();
  for (const chunk of chunks) {
    if (chunk.stream === 'progress') continue;
    const texts = parts.get(chunk.attempt) ?? [];
    texts.push(chunk.text);
    parts.set(chunk.attempt, texts);
  }
  return [...parts].map(([attempt, texts]) => ({ attempt, text: texts.join('') }));
}
