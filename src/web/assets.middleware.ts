import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { assetHandler } from './asset-handler.js';
import { AssetLibrary } from './asset-library.js';

@Injectable()
export class AssetsMiddleware implements NestMiddleware {
  private readonly handle: ReturnType<typeof assetHandler>;

  constructor(library: AssetLibrary) {
    this.handle = assetHandler(library);
  }

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    await this.handle(request, response, next);
  }
}
