/**
 * The steps of a flow as plain blocks, one path for each colour: thousands cost no more to draw than one. Far out the
 * canvas shows them, and the small map always. Pure but for what it remembers.
 */
import type { Box } from '../model/geometry.ts';
import type { Placed, Scene } from '../model/scene.ts';

export interface Block {
  colour: string;
  path: string;
}

export interface Blocks {
  /** Maps, under what stands in them. */
  maps: readonly Block[];
  steps: readonly Block[];
}

/** The colour of a step; null leaves it out. */
export type ColourOfStep = (placed: Placed) => string | null;

export function blocksOf(scene: Scene, colourOf: ColourOfStep): Blocks {
  const [maps, steps] = [new Map<string, string[]>(), new Map<string, string[]>()];
  const paths = pathsOf(scene);
  for (const placed of scene.placed.values()) {
    const colour = colourOf(placed);
    if (colour === null) continue;
    const into = placed.layout === null ? steps : maps;
    const known = into.get(colour);
    const path = paths.get(placed.step.id) ?? '';
    if (known === undefined) into.set(colour, [path]);
    else known.push(path);
  }
  return { maps: joined(maps), steps: joined(steps) };
}

/** These with further blocks, over the steps. */
export const withBlocks = ({ maps, steps }: Blocks, more: readonly { colour: string; box: Box }[]): Blocks => {
  if (more.length === 0) return { maps, steps };
  const all = new Map(steps.map(({ colour, path }) => [colour, [path]]));
  for (const { colour, box } of more) all.set(colour, [...(all.get(colour) ?? []), pathOf(box)]);
  return { maps, steps: joined(all) };
};

const joined = (parts: ReadonlyMap<string, readonly string[]>): Block[] =>
  [...parts].map(([colour, paths]) => ({ colour, path: paths.join('') }));

const known = new WeakMap<Scene, ReadonlyMap<string, string>>();

function pathsOf(scene: Scene): ReadonlyMap<string, string> {
  const paths = known.get(scene) ?? new Map([...scene.placed.keys()].map((id) => [id, pathOf(scene.boxes.get(id))]));
  known.set(scene, paths);
  return paths;
}

export const pathOf = (box: Box | undefined): string =>
  box === undefined ? '' : `M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z`;

/** What lies at a place, the innermost; null where nothing does. */
export function stepAt(scene: Scene, { x, y }: { x: number; y: number }): string | null {
  let found: string | null = null;
  for (const [id, box] of scene.boxes)
    if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height) found = id;
  return found;
}

/** What a rectangle touches. */
export function stepsIn(scene: Scene, area: Box): string[] {
  const found: string[] = [];
  for (const [id, box] of scene.boxes) {
    const beside = box.x > area.x + area.width || box.x + box.width < area.x;
    if (!beside && box.y <= area.y + area.height && box.y + box.height >= area.y) found.push(id);
  }
  return found;
}
