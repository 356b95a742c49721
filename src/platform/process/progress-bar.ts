const WIDTH = 40;

export interface ProgressTarget {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** A bar that moves in a terminal, and a line for every tenth where the output goes to a file. */
export function progressBar(label: string, target: ProgressTarget = process.stderr): (done: number, total: number) => void {
  let shown = -1;
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
    const step = target.isTTY === true ? percent : Math.floor(percent / 10) * 10;
    if (step === shown) return;
    shown = step;
    const filled = Math.round((percent * WIDTH) / 100);
    const bar = `${label} [${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${percent} % (${done} of ${total})`;
    target.write(target.isTTY === true ? `\r${bar}${percent === 100 ? '\n' : ''}` : `${bar}\n`);
  };
}
