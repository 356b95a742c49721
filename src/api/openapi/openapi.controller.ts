import { Get } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { z } from 'zod';
import { Public } from '../../identity/requires.js';
import { ApiResource, Describe } from '../resource.js';
import { named } from '../shapes.js';
import { openApiDocument } from './openapi-document.js';
import { apiRoutes } from './route-table.js';

const description = named('Description', z.record(z.string(), z.unknown()));

@ApiResource('')
export class OpenApiController {
  private document: Record<string, unknown> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  @Get('openapi.json')
  @Public('It describes the program and says nothing of any tenant.')
  @Describe({ summary: 'This description', answers: { 200: description } })
  openapi(): Record<string, unknown> {
    this.document ??= openApiDocument(apiRoutes(this.discovery, this.scanner));
    return this.document;
  }
}
