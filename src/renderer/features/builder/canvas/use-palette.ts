import { useCallback } from 'react';
import { stepTypes } from '../../../../shared/flows/registry.ts';
import { usePalettePage } from '../../../app/palette-state.ts';
import type { PaletteEntry } from '../../../ui/command-palette.tsx';
import { addStepOf } from '../model/actions.ts';
import { chordWords } from '../model/chords.ts';
import { commands, isOpen } from '../model/commands.ts';
import { iconNamed } from '../model/icons.ts';
import { copyAsText, pasteFromClipboard } from './clipboard-buttons.ts';
import { useCommandContext } from './use-commands.ts';

/** Everything that can be done in the builder now, in the palette. */
export function useBuilderPalette(): void {
  const context = useCommandContext();
  usePalettePage(
    useCallback(() => {
      const open = [...commands, copyAsText, pasteFromClipboard].filter(
        (command) => !/^(nudge|go)-/.test(command.id) && isOpen(command, context),
      );
      const actions = open.map(
        (command): PaletteEntry => ({
          id: `do-${command.id}`,
          label: command.label,
          icon: command.icon,
          ...(command.keys[0] === undefined ? {} : { note: chordWords(command.keys[0]) }),
          run: () => command.run(context),
        }),
      );
      const adding = context.readOnly
        ? []
        : stepTypes.map(
            (type): PaletteEntry => ({
              id: `add-${type.type}`,
              label: `Add ${type.name}`,
              words: [type.description],
              icon: iconNamed(type.icon),
              run: () => addStepOf(context, type.type, context.canvas.middle(), null),
            }),
          );
      return { name: 'In this flow', entries: [...actions, ...adding] };
    }, [context]),
  );
}
