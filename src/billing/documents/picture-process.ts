import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../../domain/refusal.js';
import { MOST_PIXELS } from './picture-size.js';

export type UploadType = 'image/png' | 'image/jpeg' | 'image/svg+xml';

/** A picture as our own decoder wrote it: nothing in it comes from elsewhere, and any browser draws it in no time. */
export interface Picture {
  bytes: Buffer;
  type: 'image/png' | 'image/jpeg';
}

/** What one picture may cost. */
export interface PictureLimits {
  cpuSeconds: number;
  megabytes: number;
  /** For a process that hangs without computing, or waits on a very busy machine. */
  patienceMs: number;
}

const LIMITS: PictureLimits = { cpuSeconds: 2, megabytes: 256, patienceMs: 30_000 };
/** The largest a template prints a logo, 190 by 48 points, at 600 dots to the inch. */
const BOX = { width: 1_584, height: 400 } as const;
/** Beside the source it is TypeScript, beside the build JavaScript; Node runs both. */
const WORKER = fileURLToPath(new URL(`./picture-worker${extname(import.meta.url)}`, import.meta.url));

/** By the words of `picture-worker.ts`. */
const REFUSALS: Readonly<Record<string, string>> = {
  damaged: 'This picture is damaged: it cannot be read to its end, and would be missing on every document. Export the logo anew.',
  slow: 'This picture takes more than 2 seconds to draw, and would hold up every document. Export it as a plain PNG.',
  large: 'This picture needs more than 256 MB of memory to draw, and would hold up every document. Export it smaller, or as a plain PNG.',
};

/**
 * Decodes a picture and writes it anew, in a process that has an empty environment and ends when it takes too much.
 * @throws Refusal 'invalid' with the field 'logo', in words for whoever uploaded it
 */
export async function redrawPicture(bytes: Buffer, type: UploadType, limits: PictureLimits = LIMITS): Promise<Picture> {
  const settings = [type, BOX.width, BOX.height, MOST_PIXELS, limits.cpuSeconds, limits.megabytes].map(String);
  const child = spawn(process.execPath, ['--max-old-space-size=64', '--no-warnings', WORKER, ...settings], { env: {}, cwd: '/' });
  const words: Buffer[] = [];
  const timer = setTimeout(() => {
    words.push(Buffer.from('slow'));
    child.kill('SIGKILL');
  }, limits.patienceMs);
  try {
    const ended = new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
    child.stderr.on('data', (word: Buffer) => words.push(word));
    // Whoever ends before all of it is read says why on stderr.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
    const [picture] = await Promise.all([buffer(child.stdout), ended]);
    const why = Buffer.concat(words).toString();
    if (why === '' && picture.length > 0) return { bytes: picture, type: type === 'image/jpeg' ? type : 'image/png' };
    const refusal = REFUSALS[why];
    if (refusal === undefined) throw new Error(`The process that decodes pictures failed: ${why.slice(-500) || 'it gives no reason'}`);
    throw new Refusal('invalid', refusal, { field: 'logo' });
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}
