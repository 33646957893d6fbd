import type { ReactNode } from 'react';
import { errorWords } from '../api/error-words.ts';
import { ErrorPanel } from '../ui/error-state.tsx';
import { LoadingWords, Skeleton } from '../ui/skeleton.tsx';

interface PanelListProps<Item> {
  /** What is listed, in the plural: "invites". */
  what: string;
  query: {
    data: readonly Item[] | undefined;
    isError: boolean;
    error: unknown;
    isFetching: boolean;
    refetch(): Promise<unknown>;
  };
  /** Stands where there is nothing. */
  empty: ReactNode;
  /** One line of the list, an `li` with its key. */
  children: (item: Item) => ReactNode;
}

/** The list in a panel: while it loads, when that failed, without an item, and with some. */
export function PanelList<Item>({ what, query, empty, children }: PanelListProps<Item>) {
  const { data, isError, error, isFetching, refetch } = query;
  if (data !== undefined) return data.length === 0 ? empty : <ul aria-label={capital(what)}>{data.map(children)}</ul>;
  if (isError)
    return (
      <ErrorPanel title={`The ${what} could not be loaded`} onRetry={() => void refetch()} retrying={isFetching}>
        {errorWords(error).what}
      </ErrorPanel>
    );
  return (
    <div className="p-4">
      <LoadingWords>{`Loading the ${what}`}</LoadingWords>
      <Skeleton width="60%" />
    </div>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
