import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { NextFunction, Request, Response } from 'express';
import type { Asset, AssetLibrary } from './asset-library.js';

const compress = promisify(brotliCompress);

/**
 * Serves `/assets/<hash>/<name>`, cached for a year. An address of an earlier build gets the present file without
 * caching: a page that stayed open over an upgrade keeps working until its next full load.
 */
export function assetHandler(library: AssetLibrary): (request: Request, response: Response, next: NextFunction) => Promise<void> {
  const compressed = new Map<Asset, Buffer>();
  return async (request, response, next) => {
    const match = /^\/assets\/([0-9a-f]{16})\/([\w./-]+)$/.exec(request.path);
    const asset = match?.[2] === undefined ? undefined : library.get(match[2]);
    if (!asset || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    response.set('Content-Type', asset.contentType);
    response.set('Cache-Control', match?.[1] === library.hash ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.set('Vary', 'Accept-Encoding');
    if (!isText(asset) || request.acceptsEncodings('br') !== 'br') {
      response.send(asset.bytes);
      return;
    }
    const bytes = compressed.get(asset) ?? (await compress(asset.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }));
    compressed.set(asset, bytes);
    response.set('Content-Encoding', 'br').send(bytes);
  };
}

function isText(asset: Asset): boolean {
  return asset.contentType.includes('charset');
}
