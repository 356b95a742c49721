import { Body, Get, Post, Query, Req, Res, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { BrandPreview } from '../../billing/documents/brand-preview.js';
import { BrandSettings } from '../../billing/documents/brand-settings.js';
import { may } from '../../domain/role.js';
import { CurrentCaller, type Caller } from '../../identity/caller.js';
import { Requires } from '../../identity/requires.js';
import { Refusal } from '../../domain/refusal.js';
import { PICTURE_POLICY } from '../../platform/http/content-policies.js';
import { uploadType } from '../../platform/http/upload-type.js';
import { seeOther, type PageAnswer } from '../http/answers.js';
import { PageController } from '../http/page.js';
import { brandForm, brandValues, type BrandForm, brandFields, scopeHref } from './brand-presenter.js';
import { problemFrom, SettingsPages, type SettingsProblem } from './settings-pages.js';

/** Above what a logo may have, so that one a little too large is told in words; far larger ones are cut off on the way. */
const MOST_UPLOADED_BYTES = 4_000_000;
const PREVIEW_PATIENCE_MS = 20_000;

const brandQuery = z.object({ location: z.string().max(100).default('') });
const upload = FileInterceptor('logo', { limits: { fileSize: MOST_UPLOADED_BYTES, files: 1, fields: 30, fieldSize: 10_000 } });
type Picture = { buffer: Buffer } | undefined;

/** What an SVG is known as, or not known at all: the guard of logos reads it as text. */
const PICTURES = ['image/png', 'image/jpeg', 'image/svg+xml', 'application/xml', undefined];

async function assertPicture(picture: Picture): Promise<void> {
  if (picture === undefined || picture.buffer.length === 0 || PICTURES.includes(await uploadType(picture.buffer))) return;
  throw new Refusal('invalid', 'This is not a PNG, JPEG or SVG picture. Export the logo as one of these.', { field: 'logo' });
}

@PageController('settings/brand')
export class BrandController {
  constructor(
    private readonly brand: BrandSettings,
    private readonly preview: BrandPreview,
    private readonly pages: SettingsPages,
  ) {}

  @Get()
  @Requires('settings.read')
  async show(
    @CurrentCaller() caller: Caller,
    @Query({ schema: brandQuery }) { location }: z.infer<typeof brandQuery>,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    return await this.page(request, caller, location);
  }

  @Get('logo')
  @Requires('settings.read')
  async logo(@CurrentCaller() caller: Caller, @Res() response: Response): Promise<void> {
    const { bytes, contentType } = await this.brand.logo(caller.tenantId);
    // The version stands in the address, so the picture behind it never changes.
    response.set({ 'Content-Security-Policy': PICTURE_POLICY, 'Cache-Control': 'private, max-age=31536000, immutable' });
    response.type(contentType).send(bytes);
  }

  @Post()
  @Requires('settings.manage')
  @UseInterceptors(upload)
  async save(
    @CurrentCaller() caller: Caller,
    @Body({ schema: brandForm }) form: BrandForm,
    @UploadedFile() picture: Picture,
    @Req() request: Request,
  ): Promise<PageAnswer> {
    try {
      await assertPicture(picture);
      await this.brand.save(caller, brandValues(form, picture?.buffer));
    } catch (error) {
      return await this.page(request, caller, form.location, { typed: form, problem: problemFrom(error) });
    }
    return seeOther(scopeHref(form.location, { saved: 'yes' }));
  }

  /** An invented invoice with what is typed, saved nowhere. */
  @Post('preview')
  @Requires('settings.manage')
  @UseInterceptors(upload)
  async showSample(
    @CurrentCaller() caller: Caller,
    @Body({ schema: brandForm }) form: BrandForm,
    @UploadedFile() picture: Picture,
    @Res() response: Response,
  ): Promise<void> {
    await assertPicture(picture);
    const pdf = await this.preview.render(caller.tenantId, brandValues(form, picture?.buffer), AbortSignal.timeout(PREVIEW_PATIENCE_MS));
    response.status(200).set({ 'Cache-Control': 'no-store', 'Content-Disposition': 'inline; filename="sample.pdf"' });
    response.type('application/pdf').send(pdf);
  }

  private async page(
    request: Request,
    caller: Caller,
    wanted: string,
    { typed, problem }: { typed?: BrandForm; problem?: SettingsProblem } = {},
  ): Promise<PageAnswer> {
    const brand = await this.brand.read(caller.tenantId);
    const location = brand.locations.some(({ id }) => id === wanted) ? wanted : '';
    const editable = may(caller, 'settings.manage');
    const frame = await this.pages.frame(request, 'brand', { editable, problem: problem && `Nothing was saved. ${problem.sentence}` });
    return this.pages.view('brand', { ...frame, ...brandFields({ brand, location, typed, problem }) }, problem?.status);
  }
}
