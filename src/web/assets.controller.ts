import { Controller, Get, NotFoundException, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../identity/requires.js';
import { assetHandler } from './asset-handler.js';
import { AssetLibrary } from './asset-library.js';

/** Stylesheet, scripts and fonts of the pages. */
@Controller('assets')
export class AssetsController {
  private readonly handle: ReturnType<typeof assetHandler>;

  constructor(library: AssetLibrary) {
    this.handle = assetHandler(library);
  }

  @Get('{*path}')
  @Public('the same for everybody, also before sign-in')
  async serve(@Req() request: Request, @Res() response: Response): Promise<void> {
    let found = true;
    await this.handle(request, response, () => {
      found = false;
    });
    if (!found) throw new NotFoundException('There is no such asset.');
  }
}
