import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { PriceTable } from '../../../shared/model/usage.ts';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { pricesQuery } from '../../api/queries.ts';
import { useMay, useWorkspace } from '../../app/workspace.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorPanel } from '../../ui/error-state.tsx';
import { Input } from '../../ui/input.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

/** The price table; what is used from now on costs what it says. */
export function Prices({ onClose }: { onClose: () => void }) {
  const { id } = useWorkspace();
  const prices = useQuery(pricesQuery(useApi(), id));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Prices"
      text="Per million tokens. A * at the end of a name stands for anything; the first line that fits counts. What was used before keeps its cost."
      width={560}
    >
      {prices.data !== undefined ? (
        <Editor kept={prices.data} onClose={onClose} />
      ) : prices.isError ? (
        <ErrorPanel
          title="The prices could not be loaded"
          onRetry={() => void prices.refetch()}
          retrying={prices.isFetching}
        >
          {errorWords(prices.error).what}
        </ErrorPanel>
      ) : (
        <Skeleton width="100%" height={80} />
      )}
    </Dialog>
  );
}

/** What a person types as a price; null where it is none. A comma is as good as a point. */
function priceOf(typed: string): number | null {
  const text = typed.trim().replace(',', '.');
  const price = Number(text);
  return text === '' || !Number.isFinite(price) || price < 0 ? null : price;
}

interface Line {
  key: number;
  model: string;
  input: string;
  output: string;
}

function Editor({ kept, onClose }: { kept: PriceTable; onClose: () => void }) {
  const { client } = useApi().host;
  const cache = useQueryClient();
  const { id } = useWorkspace();
  const mayChange = useMay('admin');
  const [currency, setCurrency] = useState(kept.currency);
  const [lines, setLines] = useState<readonly Line[]>(() =>
    kept.prices.map(({ model, input, output }, key) => ({ key, model, input: String(input), output: String(output) })),
  );
  const named = lines.filter(({ model }) => model.trim() !== '');
  const wrong = named.find(({ input, output }) => priceOf(input) === null || priceOf(output) === null);
  const [asked, setAsked] = useState(false);
  const change = (key: number, field: Partial<Line>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...field } : line)));
  const save = useMutation({
    mutationFn: () =>
      client.call('putPrices', {
        params: { id },
        body: {
          currency: currency.trim().toUpperCase(),
          prices: named.map(({ model, input, output }) => ({
            model: model.trim(),
            input: priceOf(input) ?? 0,
            output: priceOf(output) ?? 0,
          })),
        },
      }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.prices(id) });
      onClose();
    },
  });
  return (
    <form
      className="mt-3 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (wrong === undefined) save.mutate();
      }}
    >
      <div className="row gap-2 text-12 text-ink-3">
        <span className="flex-1">Model</span>
        <span className="w-24">Tokens in</span>
        <span className="w-24">Tokens out</span>
        <span className="w-7" />
      </div>
      {lines.map(({ key, model, input, output }) => (
        <div key={key} className="row gap-2">
          <Input
            className="flex-1"
            mono
            aria-label="Model"
            maxLength={200}
            value={model}
            onChange={(event) => change(key, { model: event.target.value })}
          />
          <Input
            className="w-24"
            inputMode="decimal"
            aria-label={`Price of tokens in for ${model}`}
            value={input}
            onChange={(event) => change(key, { input: event.target.value })}
          />
          <Input
            className="w-24"
            inputMode="decimal"
            aria-label={`Price of tokens out for ${model}`}
            value={output}
            onChange={(event) => change(key, { output: event.target.value })}
          />
          <IconButton
            icon={Trash2}
            size="s"
            variant="ghost"
            label={`Remove the price of ${model}`}
            onClick={() => setLines(lines.filter((line) => line.key !== key))}
          />
        </div>
      ))}
      {asked && wrong !== undefined && (
        <p role="alert" className="text-12 text-fail">
          {`What ${wrong.model.trim()} costs is a figure like 2.5.`}
        </p>
      )}
      {save.isError && (
        <p role="alert" className="text-12 text-fail">
          {errorWords(save.error).what} {errorWords(save.error).next}
        </p>
      )}
      {mayChange && (
        <div className="mt-2 row gap-2">
          <Button
            size="s"
            variant="ghost"
            icon={Plus}
            onClick={() =>
              setLines([...lines, { key: (lines.at(-1)?.key ?? -1) + 1, model: '', input: '0', output: '0' }])
            }
          >
            Price
          </Button>
          <Input
            className="ml-auto w-18"
            mono
            aria-label="Currency"
            maxLength={3}
            value={currency}
            onChange={(event) => setCurrency(event.target.value)}
          />
          <Button type="submit" variant="main" pending={save.isPending}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
