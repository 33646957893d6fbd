import type { FlowPicture as Picture } from '../../shared/model/flow.ts';

const view = { width: 92, height: 44, padX: 8, padY: 5 };
const mostBoxes = 60;

/** A function that lays a flow's boxes into the small frame, keeping proportions but never smaller than a speck. */
function layOut(picture: Picture) {
  const boxes = picture.boxes.slice(0, mostBoxes);
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(1, Math.max(...boxes.map((box) => box.x + box.width)) - left);
  const height = Math.max(1, Math.max(...boxes.map((box) => box.y + box.height)) - top);
  const scaleX = Math.min((view.width - 2 * view.padX) / width, 0.075);
  const scaleY = Math.min((view.height - 2 * view.padY) / height, 0.11);
  const offsetX = (view.width - width * scaleX) / 2;
  const offsetY = (view.height - height * scaleY) / 2;
  return boxes.map((box) => ({
    id: box.id,
    x: offsetX + (box.x - left) * scaleX,
    y: offsetY + (box.y - top) * scaleY,
    width: Math.max(4, box.width * scaleX),
    height: Math.max(4, box.height * scaleY),
  }));
}

type Laid = ReturnType<typeof layOut>[number];

/** Whether a box lies inside another: what stands in a Map is too small to be drawn. */
const isInside = (box: Laid, boxes: readonly Laid[]) =>
  boxes.some(
    (other) =>
      other !== box &&
      other.width > box.width &&
      box.x >= other.x &&
      box.y >= other.y &&
      box.x + box.width <= other.x + other.width &&
      box.y + box.height <= other.y + other.height,
  );

interface FlowPictureProps {
  picture: Picture;
  /** CSS colour of a step by its id; without one it is drawn as not run yet. */
  colours?: ReadonlyMap<string, string>;
  ground?: 'canvas' | 'surface';
  /** `l` fills the width of a card. */
  size?: 'm' | 'l';
}

/** A small drawing of a flow: its steps in the colours of the machines that ran them last. */
export function FlowPicture({ picture, colours, ground = 'canvas', size = 'm' }: FlowPictureProps) {
  const boxes = picture.boxes.length === 0 ? [] : layOut(picture);
  const shown = new Set(boxes.filter((box) => !isInside(box, boxes)));
  return (
    <svg
      className={`${size === 'm' ? 'h-11 w-23 shrink-0' : 'h-24 w-full'} rounded-control border border-line ${ground === 'canvas' ? 'bg-canvas' : 'bg-surface'}`}
      viewBox={`0 0 ${view.width} ${view.height}`}
      aria-hidden="true"
    >
      {picture.lines.map(({ from, to }) => {
        const start = boxes[from];
        const end = boxes[to];
        if (start === undefined || end === undefined || !shown.has(start) || !shown.has(end)) return null;
        const [x1, y1, x2, y2] = [start.x + start.width, start.y + start.height / 2, end.x, end.y + end.height / 2];
        const bend = Math.max(2, (x2 - x1) / 2);
        return (
          <path
            key={`${start.id}-${end.id}`}
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            fill="none"
            stroke="var(--line-ui)"
            strokeWidth="1"
          />
        );
      })}
      {[...shown].map((box) => {
        const colour = colours?.get(box.id);
        return (
          <rect
            key={box.id}
            x={box.x}
            y={box.y}
            width={box.width}
            height={box.height}
            rx={Math.min(2, box.height / 3)}
            fill={colour ?? 'var(--line-ui)'}
            opacity={colour === undefined ? 0.55 : 1}
          />
        );
      })}
    </svg>
  );
}
