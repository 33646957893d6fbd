import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

interface DeleteButtonProps {
  name: string;
  /** What goes with it, and what stops working. */
  text: string;
  remove: () => Promise<void>;
}

/** Deletes something that has a name, once the person has said so again. */
export function DeleteButton({ name, text, remove }: DeleteButtonProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <IconButton icon={Trash2} size="s" variant="ghost" label={`Delete ${name}`} onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        text={text}
        confirm={`Delete ${name}`}
        onConfirm={remove}
      />
    </>
  );
}
