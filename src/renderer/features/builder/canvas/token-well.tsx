import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import type { StepInstance } from '../../../../shared/model/run.ts';
import { useApi } from '../../../api/api.ts';
import { runStepQuery } from '../../../api/queries.ts';
import { useJobOutput } from '../../../api/use-job-output.ts';
import { formatCount } from '../../../ui/numbers.ts';
import { type TokenStream, tokenStream } from '../run/token-stream.ts';

interface WithTokensProps {
  instance: StepInstance & { jobId: string };
  /** Draws with what is there so far. */
  children: (stream: TokenStream) => ReactNode;
}

/** Follows what the job of a step writes. Where the pieces are gone already, the result says it. */
export function WithTokens({ instance, children }: WithTokensProps) {
  const { chunks, state } = useJobOutput(instance.jobId);
  const stream = useMemo(() => tokenStream(chunks), [chunks]);
  const gone = instance.state === 'succeeded' && state !== 'loading' && stream.text === '';
  const { data } = useQuery({
    ...runStepQuery(useApi(), instance.runId, instance.stepId, instance.path),
    enabled: gone,
    retry: false,
  });
  const text = gone ? (data?.outputs['text'] ?? data?.outputs['json']) : undefined;
  if (text === undefined) return children(stream);
  return children({ ...stream, text: typeof text === 'string' ? text : JSON.stringify(text, null, 2) });
}

/** Five lines of what a model writes, the latest at the bottom; a block stands where the next token comes. */
export function TokenWell({ text, running }: { text: string; running: boolean }) {
  return (
    <div className="flow-body flow-stream">
      <div>
        {text}
        {running && <i aria-hidden="true" />}
      </div>
    </div>
  );
}

/** "about 312 tokens, 41/s" while it comes; nothing before the first. */
export function tokenWords({ tokens, perSecond }: TokenStream): string {
  if (tokens === 0) return '';
  return `about ${formatCount(tokens)} tokens${perSecond === null ? '' : `, ${formatCount(perSecond)}/s`}`;
}
