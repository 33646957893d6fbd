import { graphics, type Systeminformation } from 'systeminformation';
import type { Gpu } from '../../shared/model/node.ts';

type Controller = Systeminformation.GraphicsControllerData;

/** A GPU with the memory in use by anybody, where its driver says so. */
export type MeasuredGpu = Gpu & { used_mb?: number };

/** Every graphics controller of this machine; none is normal. */
export async function readGpus(): Promise<MeasuredGpu[]> {
  return describeGpus((await graphics()).controllers);
}

/**
 * Gives each controller an id that stays over restarts: its place on the bus, and where that is unknown its model with
 * a number among its like. Memory is left out where nobody knows it. Pure.
 */
export function describeGpus(controllers: readonly Partial<Controller>[]): MeasuredGpu[] {
  const used = new Map<string, number>();
  return controllers.map((controller) => {
    const model = words(controller.model) ?? words(controller.name) ?? 'Graphics controller';
    const vendor = words(controller.vendor);
    const place = words(controller.pciBus) ?? words(controller.busAddress);
    const wanted = place === undefined ? slug(`${vendor ?? ''} ${model}`) : `pci-${slug(place)}`;
    const count = (used.get(wanted) ?? 0) + 1;
    used.set(wanted, count);
    const memory = [controller.memoryTotal, controller.vram].find((value) => typeof value === 'number' && value > 0);
    return {
      id: count === 1 ? wanted : `${wanted}-${count}`,
      model,
      ...(vendor === undefined ? {} : { vendor }),
      ...(typeof memory === 'number' ? { memory_mb: Math.round(memory) } : {}),
      ...(typeof controller.memoryUsed === 'number' ? { used_mb: Math.round(controller.memoryUsed) } : {}),
    };
  });
}

/**
 * What other programs use of each GPU's memory (S8). Where jobs have reserved some, nobody can tell how much of it they use
 * already; so what others used before counts on, until more is in use than both together. `reserved` in MiB, in the order of
 * the GPUs. Pure.
 */
export function countOthers(
  measured: readonly MeasuredGpu[],
  before: readonly Gpu[],
  reserved: readonly number[],
): Gpu[] {
  return measured.map(({ used_mb: used, ...gpu }, index) => {
    if (used === undefined) return gpu;
    const ours = reserved[index] ?? 0;
    const known = before.find(({ id }) => id === gpu.id)?.other_mb ?? 0;
    return { ...gpu, other_mb: ours === 0 ? used : Math.max(known, used - ours) };
  });
}

function words(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().slice(0, 120) : '';
  return text === '' ? undefined : text;
}

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'gpu' : plain.slice(0, 100);
}
