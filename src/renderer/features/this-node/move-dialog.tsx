import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { OwnStorage } from '../../../shared/model/this-node.ts';
import { useApi } from '../../api/api.ts';
import type { Desktop } from '../../api/desktop.ts';
import { errorWords } from '../../api/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { formatBytes } from '../../ui/numbers.ts';

interface MoveDialogProps {
  /** The drive that was pressed; null while the dialog is closed. */
  drive: string | null;
  storage: OwnStorage;
  move: (to: string | null) => Promise<unknown>;
  close: () => void;
}

/** The system's own way to choose a folder, in the app. */
function ChooseFolder({ desktop, choose }: { desktop: Desktop; choose: (folder: string) => void }) {
  const ask = useMutation({
    mutationFn: () => desktop.call('chooseFolder'),
    onSuccess: (folder) => folder !== null && choose(folder),
  });
  return (
    <Button pending={ask.isPending} onClick={() => ask.mutate()}>
      Choose
    </Button>
  );
}

/** Asks once before files move to another drive, and where on it. */
export function MoveDialog({ drive, storage, move, close }: MoveDialogProps) {
  const home = drive !== null && drive === storage.homeDrive;
  const { desktop } = useApi().host;
  const [place, setPlace] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  useEffect(() => {
    setPlace(home ? '' : (drive ?? ''));
    setFailure(null);
  }, [drive, home]);
  const go = () => {
    setPending(true);
    move(place.trim() === '' ? null : place.trim())
      .then(close, (error: unknown) => setFailure(errorWords(error).what))
      .finally(() => setPending(false));
  };
  return (
    <Dialog
      open={drive !== null}
      onOpenChange={(open) => !open && close()}
      title={`Keep files on ${drive ?? ''}?`}
      text={`${formatBytes(storage.heldBytes)} are copied and compared first, then removed where they are now. Nothing new begins meanwhile.`}
      foot={
        <>
          <Button onClick={close}>Leave them</Button>
          <Button variant="main" pending={pending} onClick={go}>
            Move files
          </Button>
        </>
      }
    >
      <Field
        label="Folder"
        help={home ? 'Leave it empty for the data folder of the app.' : 'A folder "OtherThing" is made in it.'}
        {...(failure === null ? {} : { error: failure })}
      >
        <span className="row gap-2">
          <Input value={place} onChange={({ target }) => setPlace(target.value)} mono />
          {desktop !== null && <ChooseFolder desktop={desktop} choose={setPlace} />}
        </span>
      </Field>
    </Dialog>
  );
}
