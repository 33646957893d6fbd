import { graphics, type Systeminformation } from 'systeminformation';
import type { Gpu } from '../../shared/model/node.ts';

type Controller = Systeminformation.GraphicsControllerData;

/** Every graphics controller of this machine; none is normal. */
export async function readGpus(): Promise<Gpu[]> {
  return describeGpus((await graphics()).controllers);
}

/**
 * Gives each controller an id that stays over restarts: its place on the bus, and where that is unknown its model with
 * a number among its like. Memory is left out where nobody knows it. Pure.
 */
export function describeGpus(controllers: readonly Partial<Controller>[]): Gpu[] {
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
    };
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
