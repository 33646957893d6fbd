import { fsSize, type Systeminformation } from 'systeminformation';
import type { Drive } from '../../shared/model/node.ts';

type FileSystem = Pick<Systeminformation.FsSizeData, 'fs' | 'type' | 'size' | 'available' | 'mount'>;

const gigabyte = 1e9;
/** File systems that hold no drive of this machine. */
const unreal = /^(tmpfs|devtmpfs|squashfs|ramfs|proc|sysfs|cgroup2?|efivarfs|autofs|nsfs|fuse\.(gvfsd|portal).*)$/i;
const ofTheSystem = /^\/(proc|sys|dev|run|snap|boot|etc|var\/lib\/(docker|containers|kubelet))(\/|$)/;

/** The drives of this machine, with what is free on them. */
export async function readDrives(): Promise<Drive[]> {
  return describeDrives(await fsSize());
}

/** Leaves out what is no place for data, and the second mount of the same file system. Sizes in 10⁹ bytes. Pure. */
export function describeDrives(systems: readonly FileSystem[]): Drive[] {
  const seen = new Set<string>();
  return systems
    .filter(({ type, mount, size }) => size > 0 && !unreal.test(type) && !ofTheSystem.test(mount))
    .toSorted((one, other) => one.mount.length - other.mount.length)
    .filter(({ fs, size }) => {
      const key = `${fs} ${size}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, 64)
    .map(({ mount, type, size, available }) => ({
      mount: mount.slice(0, 400),
      kind: type.slice(0, 40),
      total_gb: rounded(size),
      free_gb: rounded(Math.max(0, available)),
    }));
}

function rounded(bytes: number): number {
  return Math.round((bytes / gigabyte) * 10) / 10;
}
