import { readFileSync } from 'node:fs';

/** Resident memory of a process and all its descendants; 0 where the system has no /proc to read it from. */
export function residentMegabytes(pid: number): number {
  if (pid === 0 || process.platform !== 'linux') return 0;
  return kilobytes(pid) / 1_024;
}

function kilobytes(pid: number): number {
  try {
    const own = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const below = children === '' ? [] : children.split(' ').map((child) => kilobytes(Number.parseInt(child, 10)));
    return below.reduce((sum, one) => sum + one, Number.parseInt(own, 10));
  } catch {
    // It ended between two reads.
    return 0;
  }
}
