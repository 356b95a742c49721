import { writeSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';

/*
 * A process of its own that decodes one uploaded picture and writes it anew. What somebody uploads is only ever decoded here, where
 * nothing of ours is in memory and where it can take no more than its share. It imports no file of ours, so that it starts from
 * the source as it does from the build. In: the bytes on stdin. Out: the new picture on stdout, or one word on stderr that says
 * why there is none; `picture-process.ts` knows the words.
 */

const LOOK_EVERY_MS = 10;

const [type, ...numbers] = process.argv.slice(2);
const [width, height, mostPixels, cpuSeconds, megabytes] = numbers.map((text) => Number.parseInt(text, 10)) as [
  number,
  number,
  number,
  number,
  number,
];
const box = { width, height };

/** One thread and no cache: the process lives for one picture, and its limits are for that picture. */
sharp.concurrency(1);
sharp.cache(false);

function watchLimits(): void {
  const before = process.cpuUsage();
  setInterval(() => {
    // Time on the processor, so that a busy machine refuses nobody. Decoding runs on another thread: this timer comes in between.
    const { user, system } = process.cpuUsage(before);
    if (user + system > cpuSeconds * 1_000_000) end('slow');
    if (process.memoryUsage.rss() > megabytes * 1_048_576) end('large');
  }, LOOK_EVERY_MS).unref();
}

/** Killed, because an orderly exit waits for the decoder's thread. */
function end(why: string): void {
  writeSync(process.stderr.fd, why);
  process.kill(process.pid, 'SIGKILL');
}

/** A drawing has no pixels of its own: it is drawn as large as it is printed. Half-transparent edges stay as they are. */
async function drawn(bytes: Buffer): Promise<Buffer> {
  const natural = await sharp(bytes, { limitInputPixels: false }).metadata();
  const scale = Math.min(box.width / natural.width, box.height / natural.height);
  const density = Math.min(100_000, Math.max(1, 72 * scale));
  return await sharp(bytes, { density, limitInputPixels: mostPixels })
    .resize({ ...box, fit: 'inside' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** Upright, in sRGB and without what a camera or a program wrote into it; large ones as large as they are printed. */
async function decoded(bytes: Buffer): Promise<Buffer> {
  const picture = sharp(bytes, { failOn: 'error', limitInputPixels: mostPixels })
    .autoOrient()
    .resize({ ...box, fit: 'inside', withoutEnlargement: true });
  // A photograph as PNG would make every document a megabyte larger.
  if (type === 'image/jpeg') return await picture.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
  return await picture.png({ compressionLevel: 9 }).toBuffer();
}

const bytes = await buffer(process.stdin);
watchLimits();
try {
  const picture = type === 'image/svg+xml' ? await drawn(bytes) : await decoded(bytes);
  process.stdout.write(picture);
} catch {
  writeSync(process.stderr.fd, 'damaged');
}
