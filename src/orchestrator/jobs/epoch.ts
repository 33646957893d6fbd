import { put, type Store } from '../store/store.ts';
import { settings } from '../store/tables.ts';

const epochSetting = 'epoch';

/** J2: raises the host's epoch, durably, once per start; so no fence is ever given twice. */
export async function raiseEpoch(store: Store): Promise<number> {
  const before = await store.get(settings, { name: epochSetting });
  const epoch = (typeof before?.value === 'number' ? before.value : 0) + 1;
  await store.commit([put(settings, { name: epochSetting, value: epoch })]);
  return epoch;
}
