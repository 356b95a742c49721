import { Controller, Param, Post, type RawBodyRequest, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { WebhookIntake, type WebhookAnswer } from '../../connections/webhook-intake.js';
import { Public } from '../../identity/requires.js';

const STATUS: Readonly<Record<WebhookAnswer, number>> = { taken: 200, wrong_signature: 401, unreadable: 400, no_such_address: 404 };

/** Where vendors call us. The bytes are verified as they came, so the body has to be one that `rawBody` keeps: JSON. */
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly intake: WebhookIntake) {}

  @Post(':connector')
  @Public('verified by the signature of the vendor')
  async forApp(
    @Param('connector') connector: string,
    @Req() request: RawBodyRequest<Request>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.answer(request, response, connector, undefined);
  }

  @Post(':connector/:connectionId')
  @Public('verified by the signature of the vendor')
  async forConnection(
    @Param('connector') connector: string,
    @Param('connectionId') connectionId: string,
    @Req() request: RawBodyRequest<Request>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.answer(request, response, connector, connectionId);
  }

  private async answer(
    request: RawBodyRequest<Request>,
    response: Response,
    connector: string,
    connectionId: string | undefined,
  ): Promise<void> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const taken = await this.intake.take({ connector, connectionId, rawBody: request.rawBody ?? Buffer.alloc(0), headers });
    response.status(STATUS[taken]);
  }
}
