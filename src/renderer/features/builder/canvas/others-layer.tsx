import { useViewport, ViewportPortal } from '@xyflow/react';
import type { CSSProperties } from 'react';
import { useStore } from 'zustand';
import { personColour } from '../../../ui/avatar.tsx';
import type { Other } from '../document/presence.ts';
import { useBuilder } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import { around } from '../model/geometry.ts';

/** Where the others are: their pointers, and what they have chosen, in their colours. */
export function OthersLayer({ scene }: { scene: FoldedScene }) {
  const { flow } = useBuilder();
  const others = useStore(flow.others);
  const { zoom } = useViewport();
  if (others.length === 0) return null;
  return (
    <ViewportPortal>
      {others.map((other) => (
        <Chosen key={`s${other.clientId}`} other={other} scene={scene} />
      ))}
      {others.map(
        (other) =>
          other.cursor !== null && (
            <div
              key={`c${other.clientId}`}
              className="flow-cursor"
              style={{
                ...colours(other),
                transform: `translate(${other.cursor.x}px, ${other.cursor.y}px) scale(${1 / zoom})`,
              }}
            >
              <svg width="16" height="18" viewBox="0 0 16 18" aria-hidden="true">
                <path
                  d="M1.5 1.2 14 8.6 8.3 9.9 5.4 15.6Z"
                  fill="var(--pl)"
                  stroke="var(--surface)"
                  strokeWidth="1.4"
                  strokeLinejoin="round"
                />
              </svg>
              <span>{other.user.name}</span>
            </div>
          ),
      )}
    </ViewportPortal>
  );
}

function Chosen({ other, scene }: { other: Other; scene: FoldedScene }) {
  const boxes = other.selection.flatMap((id) => scene.boxes.get(scene.standIn.get(id) ?? id) ?? []);
  const box = around(boxes);
  if (box === null) return null;
  const gap = 6;
  return (
    <div
      className="flow-theirs"
      style={{
        ...colours(other),
        left: box.x - gap,
        top: box.y - gap,
        width: box.width + 2 * gap,
        height: box.height + 2 * gap,
      }}
    >
      <b>{other.user.name.split(' ')[0]}</b>
    </div>
  );
}

function colours({ user }: Other): CSSProperties {
  const colour = personColour(user.id);
  return { '--pl': `var(--person-line-${colour})`, '--pc': `var(--person-${colour})` } as CSSProperties;
}
