import { fileTypeFromBuffer } from 'file-type';

/** What uploaded bytes are by themselves, whatever the browser and the file's name call them; undefined for plain text, which SVG may be. */
export async function uploadType(bytes: Uint8Array): Promise<string | undefined> {
  return (await fileTypeFromBuffer(bytes))?.mime;
}
